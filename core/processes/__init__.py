"""Every process of ours that is started with `python -m`; `core.system.process_names` names them.

Nothing imports them but `core.trainer`, the door that clusters know.
"""
