"""uvicorn's own HTTP protocol, guarded (guard.py), and with the synth pictures answered at the door (protocol.py), which a
setting turns off; under any other server the application answers alike."""
