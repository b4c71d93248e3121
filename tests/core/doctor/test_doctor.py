"""The doctor's report on this machine, and its judgement of machines that we don't have."""

import json
import os
from pathlib import Path

import pytest

from core.doctor import Finding, examine
from core.doctor.compute import ComputeFacts, graphics_cards, judge_threads
from core.doctor.gpus import judge_gpus
from core.doctor.machine import MemoryFacts, judge_memory
from core.doctor.network import judge_network, without_secrets
from core.doctor.nvidia import GpuUser, NvidiaFacts, NvidiaGpu
from core.doctor.packages import judge_packages
from core.doctor.places import judge_disk, size_of
from core.system.cache_folder import cache_folder
from core.training.compute_facts import compute_facts

CARD = NvidiaGpu(name="RTX 4090", total_gib=24.0, free_gib=23.0)
DRIVER = NvidiaFacts(driver="580.10", cuda=(13, 0), gpus=[CARD])
CUDA_BUILD = ComputeFacts(cuda_build="13.2")


def device(facts, nvidia=DRIVER, environ=None, system="Linux"):
    return judge_gpus(facts, nvidia, environ or {}, system)[0]


def test_that_this_machine_gets_a_full_report(tmp_path):
    findings = examine(compute_facts(), tmp_path)
    names = {finding.name for finding in findings}
    assert {"System", "Libraries", "Device", "CPU", "Memory", "Disk here", "Cache"} <= names
    assert all(finding.value and "\n" not in finding.value for finding in findings)
    assert all(finding.advice for finding in findings if finding.status == "problem")
    json.dumps([finding.to_dict() for finding in findings])


def test_that_a_usable_gpu_is_named_with_its_driver():
    facts = ComputeFacts(cuda_build="13.2", gpus=("RTX 4090",), kind="cuda")
    expected = Finding("Device", "1 GPU: RTX 4090; CUDA 13.2, driver 580.10")
    assert device(facts) == expected


@pytest.mark.parametrize(
    ("facts", "nvidia", "environ", "words"),
    [
        (ComputeFacts(), DRIVER, {}, "torch has no CUDA"),
        (CUDA_BUILD, DRIVER, {"CUDA_VISIBLE_DEVICES": ""}, "hides all GPUs"),
        (CUDA_BUILD, DRIVER, {"CUDA_VISIBLE_DEVICES": "-1"}, "hides all GPUs"),
        (CUDA_BUILD, DRIVER, {"CUDA_VISIBLE_DEVICES": "7"}, "names no GPU"),
        (
            CUDA_BUILD,
            NvidiaFacts(driver="535.1", cuda=(12, 2), gpus=[CARD]),
            {},
            "too old (CUDA 12.2; torch needs 13)",
        ),
        (CUDA_BUILD, DRIVER, {}, "can't start CUDA"),
        (CUDA_BUILD, NvidiaFacts(problem="Driver/library version mismatch"), {}, "mismatch"),
        (ComputeFacts(cards=("NVIDIA",)), NvidiaFacts(), {}, "no driver is loaded"),
    ],
)
def test_that_an_unused_gpu_is_a_problem_with_its_reason(facts, nvidia, environ, words):
    finding = device(facts, nvidia, environ)
    assert finding.status == "problem"
    assert words in finding.value
    assert finding.advice


OLD_CARD = NvidiaGpu(name="Tesla V100", total_gib=16.0, free_gib=15.0, capability=(7, 0))
BUILD = ("sm_75", "sm_80", "sm_90")


def test_that_a_gpu_without_kernels_is_a_problem_with_the_way_out():
    facts = ComputeFacts(cuda_build="13.2", refused=(("Tesla V100", "no kernels", "Use another."),))
    finding = device(facts, NvidiaFacts(driver="580.10", cuda=(13, 0), gpus=[OLD_CARD]))
    assert finding.status == "problem"
    assert finding.value == "CPU, although there is a GPU: of Tesla V100, no kernels"
    assert finding.advice == "Use another."


def test_that_an_old_driver_is_not_blamed_where_a_newer_one_would_not_help():
    facts = ComputeFacts(cuda_build="13.2", built_for=BUILD)
    old = NvidiaFacts(driver="535.1", cuda=(12, 2), gpus=[OLD_CARD])
    finding = device(facts, old)
    assert "no kernels for its compute capability 7.0" in finding.value
    assert "CUDA 12.6" in finding.advice
    # With another GPU that the build knows, it is.
    both = [OLD_CARD, NvidiaGpu(name="T4", total_gib=15.0, free_gib=14.0, capability=(7, 5))]
    assert "too old" in device(facts, NvidiaFacts(driver="535.1", cuda=(12, 2), gpus=both)).value


def test_that_a_gpu_passed_over_is_a_warning_beside_the_one_that_is_used():
    facts = ComputeFacts(
        cuda_build="13.2",
        gpus=("T4",),
        devices=("cuda:1",),
        kind="cuda",
        refused=(("Tesla V100", "no kernels", "Use another."),),
    )
    used, passed_over, *_ = judge_gpus(facts, DRIVER, {}, "Linux")
    assert used.status == "ok"
    assert (passed_over.status, passed_over.value) == ("warning", "Tesla V100: no kernels")
    assert passed_over.advice == "Use another."


def test_that_a_full_gpu_is_no_matter_where_it_is_hidden():
    full = NvidiaGpu(name="RTX 4090", total_gib=24.0, free_gib=2.0, is_seen=False)
    finding = judge_gpus(CUDA_BUILD, NvidiaFacts(gpus=[full]), {}, "Linux")[1]
    assert finding.status == "ok"
    assert "hidden by CUDA_VISIBLE_DEVICES" in finding.value


@pytest.mark.parametrize(("hip", "words"), [(None, "not a ROCm build"), ("7.0", "does not see")])
def test_that_an_unused_amd_card_is_a_warning(hip, words):
    finding = device(ComputeFacts(cards=("AMD",), hip_build=hip), NvidiaFacts())
    assert finding.status == "warning"
    assert words in finding.value


def test_that_a_machine_without_a_gpu_is_fine():
    finding = device(CUDA_BUILD, NvidiaFacts())
    assert finding.status == "ok"
    assert finding.value.startswith("CPU")
    assert "quick" in finding.advice


def test_that_other_makers_gpus_are_named():
    assert "Apple" in device(ComputeFacts(kind="mps"), NvidiaFacts(), system="Darwin").value
    assert "Intel" in device(ComputeFacts(kind="xpu"), NvidiaFacts()).value
    rocm = ComputeFacts(kind="cuda", hip_build="7.0", gpus=("MI300X", "MI300X"))
    assert device(rocm, NvidiaFacts()).value == "2 GPUs: MI300X; ROCm 7.0"


def test_that_a_torch_that_can_not_be_imported_is_a_problem():
    finding = device(ComputeFacts(error="libcudart.so.13: cannot open"))
    assert finding.status == "problem"
    assert "libcudart" in finding.value


def test_that_programs_on_the_gpu_are_named():
    user = GpuUser(pid=4242, name="chrome.exe", used_gib=3.2)
    full = NvidiaGpu(name="RTX 4090", total_gib=24.0, free_gib=2.0, users=[user])
    finding = judge_gpus(CUDA_BUILD, NvidiaFacts(gpus=[full]), {}, "Linux")[1]
    assert finding.status == "warning"
    assert finding.value == "RTX 4090, 2.0 of 24.0 GiB free; used by chrome.exe (4242) 3.2 GiB"


def test_that_a_variable_that_idles_cores_is_a_warning():
    facts = ComputeFacts(num_cores=16, num_threads=1)
    assert judge_threads(facts, {"OMP_NUM_THREADS": "1"}).status == "warning"
    assert judge_threads(ComputeFacts(num_cores=16, num_threads=8), {}).status == "ok"


def test_that_little_memory_is_a_warning_also_when_only_the_container_has_little():
    assert judge_memory(MemoryFacts(total_gib=16, available_gib=9, limit_gib=None)).status == "ok"
    small = MemoryFacts(total_gib=16, available_gib=1, limit_gib=None)
    assert judge_memory(small).status == "warning"
    boxed = judge_memory(MemoryFacts(total_gib=64, available_gib=50, limit_gib=1.5))
    assert boxed.status == "warning"
    assert "container may use 1.5 GiB" in boxed.value


def test_that_missing_libraries_are_a_problem():
    findings = judge_packages(["numpy", "no-such-library"])
    assert findings[0].value.startswith("numpy ")
    assert findings[1].status == "problem"
    assert findings[1].value == "no-such-library"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://user:secret@proxy.example:3128/path?key=secret", "proxy.example:3128"),
        ("user:secret@proxy.example:3128", "proxy.example:3128"),
        ("proxy.example", "proxy.example"),
        ("http://user:secret@[::1", "set, but not to an address that can be read"),
        ("http://user:secret", "set, but not to an address that can be read"),
    ],
)
def test_that_a_proxy_is_shown_without_its_password(address, shown):
    finding = judge_network({"HTTPS_PROXY": address})[0]
    assert without_secrets(address) == shown
    assert finding.value == f"HTTPS_PROXY is {shown}"
    assert "secret" not in finding.value


def test_that_offline_mode_is_a_warning():
    finding = judge_network({"HF_HUB_OFFLINE": "1"})[0]
    assert finding.status == "warning"
    assert "HF_HUB_OFFLINE" in finding.value
    assert judge_network({"HF_HUB_OFFLINE": "0"})[0].status == "ok"


def test_that_a_folder_that_does_not_exist_yet_is_judged_by_its_disk(tmp_path):
    assert "GiB free in" in judge_disk("Disk", tmp_path / "a" / "b").value


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions don't bind here")
def test_that_a_folder_that_can_not_be_written_is_a_problem(tmp_path):
    tmp_path.chmod(0o500)
    try:
        assert judge_disk("Disk", tmp_path).status == "problem"
    finally:
        tmp_path.chmod(0o700)


def test_that_the_caches_size_is_that_of_its_files(tmp_path, monkeypatch):
    monkeypatch.setenv("REDISTILL_CACHE", str(tmp_path))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "blob").write_bytes(bytes(3000))
    (tmp_path / "other").write_bytes(bytes(500))
    assert size_of(cache_folder()) == 3500
    assert size_of(Path(tmp_path / "missing")) == 0


def test_that_graphics_cards_are_told_from_other_devices_of_the_same_maker(tmp_path):
    for name, kind, vendor in (
        ("01", "0x030000", "0x10de"),
        ("02", "0x040300", "0x1002"),
        ("03", "0x030200", "0x10de"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "class").write_text(kind + "\n")
        (tmp_path / name / "vendor").write_text(vendor + "\n")
    (tmp_path / "unreadable").mkdir()
    assert graphics_cards(tmp_path) == ("NVIDIA",)
