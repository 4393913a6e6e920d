"""How Hypothesis tests run that look at values only: on a busy machine as on an idle one."""

from hypothesis import HealthCheck, settings

steady = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
