"""The graphs as an application of ours: `orchestrator worker --app benchmarks.application:app`."""

from benchmarks.shapes import AROUND, NODES, SHAPES, asking, grown, marked
from benchmarks.staged import Staged
from orchestrator import Orchestrator

app = Orchestrator("bench")
for shape in SHAPES:
    app.graph(shape.build(), name=shape.name)
for nodes in NODES:
    app.graph(grown(nodes), name=f"grown{nodes}")
for around in AROUND:
    app.graph(asking(around), name=f"asking{around}")
app.graph(marked(), name="marked")
app.workflow(Staged)
