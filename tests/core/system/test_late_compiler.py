"""Torch's compiler is loaded when something is compiled, and is whole then."""

import subprocess
import sys

import pytest

_HEAVY = "assert 'torch._inductor' not in sys.modules; "


def told(code: str) -> str:
    """What a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, core; {code}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.slow
def test_that_what_trains_and_classifies_loads_no_compiler_and_can_load_it() -> None:
    code = """
import core.images.modality, core.text.modality, core.processes.trainer
from transformers.models.bert import modeling_bert
assert 'torch._inductor' not in sys.modules
assert 'torch._dynamo.convert_frame' not in sys.modules
import torch
from torch._dynamo._trace_wrapped_higher_order_op import TransformGetItemToIndex as known
model = torch.nn.Linear(3, 3)
compiled = torch.compile(model, backend='eager')
assert torch.equal(compiled(torch.ones(2, 3)), model(torch.ones(2, 3)))
assert torch._dynamo._trace_wrapped_higher_order_op.TransformGetItemToIndex is known
import torch._dynamo.config as config
assert torch._dynamo.config is config
print(type(torch._dynamo).__name__)
"""
    assert told(code) == "module"


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        # Before torch, after it, whole, parts of it, from it.
        "import torch._dynamo.config as c; print(c.recompile_limit)",
        f"import torch; {_HEAVY} print(torch._dynamo.config.recompile_limit)",
        f"import timm; {_HEAVY} from torch._dynamo import config as c; print(c.recompile_limit)",
        f"import torch._dynamo as d; {_HEAVY} print(d.config.recompile_limit)",
        "from torch._dynamo.utils import counters as c; print(1 + len(c))",
    ],
)
def test_that_all_ways_to_it_end_in_the_real_one(code: str) -> None:
    assert int(told(code)) > 0


@pytest.mark.slow
def test_that_marks_made_before_are_kept() -> None:
    code = f"""
import torch
calls = []
@torch.compiler.disable(reason="it counts")
def counted(x):
    calls.append(torch.compiler.is_compiling())
    return x + 1
@torch.compiler.assume_constant_result
def three():
    return 3
assert three() == 3 and counted(torch.ones(1)) == 2
layer = torch.nn.Linear(2, 2)
optimizer = torch.optim.AdamW(layer.parameters())
for _ in range(2):
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    optimizer.zero_grad()
{_HEAVY}
calls.clear()
def whole(x):
    return counted(x) * three()
compiled = torch.compile(whole, backend="eager")
assert torch.equal(compiled(torch.ones(2)), torch.full((2,), 6.0))
print(calls)
"""
    assert told(code) == "[False]"
