"""Long and scheduled work, on a library for durable workflows: the only importer of dbos.

    job         what a job is: a kind, its arguments, and a batch after the other
    job_book    jobs are started, looked up and cancelled; by any process, also one that runs none
    long_work   jobs are run, and those of a process that died are taken over

What has to be exactly once is not entrusted to the library: every batch is an operation of ours
that may be repeated, and commits what it does by itself. The library remembers where a job stands,
so that a process which dies at any point loses nothing and repeats nothing that could be seen.
"""
