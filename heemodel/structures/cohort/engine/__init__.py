"""The engine: what a model's functions do is recorded, given registers, and carried out by one compiled loop.

It knows numbers by cycle and sample, and nothing of states, costs or strategies; `cohort.program` tells it what to do.
Four steps, and data flow one way:

1. *Functions → recorded operations* (`recording`, `functions`). A model's functions are called once for a block of
   draws. Parameters and `time.cycle` are `Recorded` arrays: xarray carries them like numpy's, but an operation whose
   result would be much larger than the draws it is made of, such as a ratio by sample times a hazard by cycle, is
   written down instead of computed::

       p.ratio (sample) ──┐
                          multiply ── negative ── expm1 ── negative     a probability (sample, cycle), never in memory
       hazard (cycle) ────┘

   What cannot be recorded is computed at once by numpy, for the block; the answer is the same, and only slower.

2. *Recorded operations → values* (`tape`). For each strategy and group, an array loses its axes: what is left are
   numbers by cycle and sample. *Leaves* lie in memory; *values* are operations on them. The same operation on the
   same operands is one value, and what does not depend on the cycle is worked out before the first. An axis that is
   looked up by cycle, as a table by age is, stays a small leaf with the row of each cycle. *Places* are values that
   actions write to: the people in a state, a total. A value that is a sum of few products of numbers by cycle and
   something else can be taken apart (`terms`): such a payoff is priced after the run, its numbers by cycle being
   weights that people are counted with.

3. *Values → registers* (`schedule`). Values get registers, each a row of 128 samples, until they are last used; the
   result is three lists of instructions (code, number, how many, result, up to six operands): before the first cycle,
   during each, and after the last. A product that only another one needs is worked out together with it. The lists of
   a model's structure are kept for its next block.

4. *Registers → results* (`kernel`). One compiled loop carries the lists out, cycle by cycle, for 128 samples at a
   time in each thread, so that everything stays in the processor's cache and nothing of the size (sample, cycle) is
   stored. `workspace` keeps the memory from run to run.

The kernel notes that something is impossible (a share below 0, a total that is no number) and where to begin to look;
what it is, `cohort.model` finds by computing all moves at once, in blocks, and says so.

Numbers do not depend on how draws are split: whether an operation is recorded is decided by shapes alone, in the same
way for one draw as for many, and each sample is worked out by itself.
"""

from heemodel.structures.cohort.engine import functions  # what numpy's functions do to recorded arrays

__all__ = ["functions"]
