"""Python's garbage collector, kept from what modules make when they are loaded: it stays for as long as the process
does, and to look through it again and again is a tenth of a worker's start and a sixth of its CPU later on."""

import gc


def pause() -> None:
    """Collect nothing while modules are loaded."""
    gc.disable()


def resume() -> None:
    """Collect what is made from now on. What is there by now stays."""
    gc.freeze()
    gc.enable()
