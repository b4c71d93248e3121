"""An accelerator in Python on the CPU's memory: strict as a GPU, and it does things later.

Its tensors are torch's own (`PrivateUse1`), over memory that comes through DLPack. Its kernels are
the CPU's, called by one fallback (`kernels`). So what is trained on it is compared with the CPU,
number by number. It refuses tensors of the CPU, counts all that would make a host wait for a GPU
(`waits`), finishes copies only when somebody waits for them (`copies`), and has as much memory as
it is given (`memory`). `Later` in `kind` puts it into the table that the program chooses from.
"""
