"""uvicorn's own HTTP protocol with the synth pictures answered at the door. Off by setting; under any other server the
application answers alike."""
