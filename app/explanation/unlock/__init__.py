"""What would release a unit: the smallest sets of facts, each proved by deciding again.

situation  the unit as decided, facts that nobody has told yet, and its dossier with them
papers, service, money, sources    ways out of holds, by what has to be said
ways_out   which of them lead out of which hold, and what no fact can end
search     tries them, drops what is not needed, and says what facts cannot do
answer     what is told
"""
