"""Settings that decide whether models can be downloaded; never their passwords."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from core.doctor.finding import Finding

_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE")
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_TRUE = {"1", "true", "yes", "on"}


def judge_network(environ: Mapping[str, str]) -> list[Finding]:
    """Offline switches, proxies, a mirror of the hub."""
    findings = []
    offline = [name for name in _OFFLINE if environ.get(name, "").strip().lower() in _TRUE]
    if offline:
        value = f"no downloads: {', '.join(offline)} set"
        advice = "Models must be on disk already (`redistill models`), or unset it to download."
        findings.append(Finding("Downloads", value, "warning", advice))
    proxies = {name: environ[name] for name in _PROXIES if environ.get(name)}
    for name, address in proxies.items():
        findings.append(Finding("Proxy", f"{name} is {without_secrets(address)}"))
    if environ.get("HF_ENDPOINT"):
        value = f"models come from {without_secrets(environ['HF_ENDPOINT'])}"
        findings.append(Finding("Mirror", value))
    return findings or [Finding("Downloads", "allowed, without a proxy")]


def without_secrets(address: str) -> str:
    """Host and port of an address: no user, password, path or query."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        return "set, but not to an address that can be read"
    return f"{host}:{port}" if port else host
