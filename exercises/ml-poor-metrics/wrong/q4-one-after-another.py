# loses: 1
# message: Where faults hide each other, none, all or last is off: leave in one fault and mend all the others.
# public: passes
def contributions(run, faults):
    none = run([])
    steps = [run(faults[:n]) for n in range(len(faults) + 1)]
    last = {fault: steps[n + 1] - steps[n] for n, fault in enumerate(faults)}
    return {"none": none, "all": steps[-1], "alone": {f: run([f]) - none for f in faults}, "last": last}
