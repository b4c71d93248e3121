"""`import redistill` in a checkout: the module that the wheel has under this name."""

import sys

from core import api

sys.modules[__name__] = api
