"""Whether it helped: probes, metrics, intervals."""
