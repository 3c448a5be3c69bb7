"""Several workers with homes of their own, many suppliers and shops, one worker killed: `python -m benchmarks.soak`."""
