"""The structural prover: is there a value that one schema accepts and another rejects?

It looks for a value of a set of literals, schemas that must hold or must not hold, by following
all of them together: per JSON type, per branch of a union, per property and array item. Finding
that there is none proves containment; what it finds is a counterexample.
"""
