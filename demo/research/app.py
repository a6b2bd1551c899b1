"""The application object: `orchestrator worker --app demo.research.app:app`."""

from activities.research import register
from activities.research_corpus import Corpus
from demo.journal import Journal
from demo.research.settings import DemoSettings
from demo.research.watched import Watched
from graphs.research_library import Library
from orchestrator import Orchestrator
from workflows.research import DeepResearch

settings = DemoSettings()
app = Orchestrator("research")
library: Library = Corpus()
if settings.trace is not None:
    library = Watched(library, Journal(settings.trace), settings.line_seconds)
register(app, settings, library=library)
app.workflow(DeepResearch)
