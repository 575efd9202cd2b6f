# loses: 1
# message: Where faults hide each other, alone is off: mend one fault and leave in all the others.
# public: passes
def contributions(run, faults):
    everything = run(faults)
    last = {fault: everything - run([f for f in faults if f != fault]) for fault in faults}
    return {"none": run([]), "all": everything, "alone": last, "last": last}
