// json-rules-engine, told rules and shipments once, then judging all of them when asked.
import readline from 'node:readline'
import { createRequire } from 'node:module'
import path from 'node:path'

const require = createRequire(path.join(process.env.BENCH_NODE ?? import.meta.dirname, 'x.js'))
const { Engine } = require('json-rules-engine')

const compared = {
  'is': (v, o) => v === o,
  'is not': (v, o) => v !== o,
  'one of': (v, o) => o.includes(v),
  'none of': (v, o) => !o.includes(v),
  'at least': (v, o) => v >= o,
  'at most': (v, o) => v <= o,
  'more than': (v, o) => v > o,
  'less than': (v, o) => v < o
}
const met = (item, tests) =>
  tests.every(([name, how, constant, other]) =>
    compared[how](item[name], other ? item[other] : constant))

const fits = (item, wanted) =>
  met(item, wanted.conditions) || (wanted.unless.length > 0 && met(item, wanted.unless))

let engine
let contexts

function load (rules) {
  engine = new Engine([], { allowUndefinedFacts: false })
  engine.addOperator('some', (items, wanted) => items.some(each => met(each, wanted.conditions)))
  engine.addOperator('none', (items, wanted) => !items.some(each => met(each, wanted.conditions)))
  engine.addOperator('every', (items, wanted) => items.every(each => fits(each, wanted)))
  for (const { id, conditions } of rules) {
    engine.addRule({ name: id, conditions, event: { type: 'fired', params: { id } } })
  }
}

async function judgeAll () {
  const fired = []
  for (const context of contexts) {
    const { events } = await engine.run(context)
    fired.push(events.map(each => each.params.id))
  }
  return fired
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  let answer = {}
  if (asked.rules) {
    load(asked.rules)
    contexts = asked.contexts
  } else {
    const before = process.cpuUsage()
    const fired = await judgeAll()
    const { user, system } = process.cpuUsage(before)
    answer = asked.judge === 'all' ? { fired } : { seconds: (user + system) / 1e6 }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
