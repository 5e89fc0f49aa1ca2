"""The first key: durable-rules, held so tightly that it cannot be wrong in silence.

Nothing but this package knows the engine; `EnginePool` is what the rest of the product
sees, and a `NoAnswer` is all it can ever do worse than the right answer.

The engine is written in C, is no longer maintained, and used as documented it is not fit to
let an invoice go. What matters of what was found in it, and what is done about it:

* A fact it cannot parse (a float such as 1e-07, more than 252 properties) is dropped, with
  all facts after it, and the call succeeds. It is shown whole numbers of our own making
  only, and an echo rule returns every fact it saw: one missing, and there is no answer.
* `none` is wrong unless everything is asserted before the goal that sets the rules off, and
  blind to a fact that an earlier pattern has bound. So: facts, then the goal, alone and
  last; in a rule the goal, then every `none`, then what must be found. A rule that looks for
  one fact and nothing else waits for no goal; without a `none` the engine needs none.
* One fact never fills two patterns of one rule. Each `a` of a permission has its own facts.
* Joins that are written in the wrong place are ignored, read outside their memory or crash;
  a second key in a condition is ignored. There are no joins and no second keys.
* A text equals a number that looks like it, true equals 1, floats differ beyond 2**53, a
  string compares by its length modulo 65,536, a missing value by whatever was in memory.
  Every condition is judged here, in exact arithmetic, and so is which of them hold of one
  thing together; it sees what was found in each thing. What stays its work is what a rules
  engine is for: which things there are and which there are not, and what follows.
* Names and ids are known by 32 bits of hash; two that collide are one. The few names used
  are compared when a program is compiled, ids are f0, f1, ...
* A fact that matches more than 64 nodes at once, a rule set with more than 512 conditions
  under one node, a goal shared by more than 255 rules: lost, hung, corrupt. Rules are
  divided into chunks below every limit, and what cannot be divided is refused by name.
* It crashes: on an empty batch, on deleting a state in which nothing fired, on a thousand
  live states, on a division by zero. And it holds the interpreter's lock while it hangs.
  It lives in a child process that is killed and replaced, and is primed after loading.
* Its Python layer swallows exceptions and starts threads that use freed memory. Only its C
  module is used: one thread, one live state, deleted after every question.

That it fits all this was fuzzed: some hundred thousand decisions against a brute-force
reading of the same rules, none wrong. That is evidence and not proof, which is one reason
why there is a second key.

A question travels: `pool` (which child, how often; `standby` has the next one ready) to
`worker` (one child, until when) over `protocol` (typed frames) to `child` (the engine), which
reads the view with `showing` and `exact` by the program that `compile` made of the `clauses` of
the rules that can apply (`narrowing`). Where there are many questions, many travel in one frame.
"""
