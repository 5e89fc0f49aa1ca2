"""Message brokers: by these the outside hands bytes in, and hears what happened.

    letters    what comes and goes, by which address, and how much of it at once
    taking     one arrived message becomes stored, or failed, or is given back
    broker     what every broker can do
    loop       a thread for what must run in an event loop
    by_url     which broker a URL means
    nats_streams, rabbit_queues, kafka_topics    the three, alike to the outside

Only here is FastStream known. What is promised of each: a message is acknowledged after it was
stored; what is not acknowledged comes again; what fails every time ends among the dead letters,
whole and counted; no more than `in_flight` are taken at once, so the sender feels it. By NATS and
RabbitMQ each configured feed has a queue of its own: one that floods, or is held because too much
of it waits for a decision, makes no other wait. By Kafka it may: see there.
"""
