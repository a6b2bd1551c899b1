"""The application object: `orchestrator worker --app demo.follow_up.app:app`."""

from activities.follow_up import register
from activities.follow_up_settings import FollowUpSettings
from orchestrator import Orchestrator
from workflows.follow_up import FollowUp
from workflows.follow_up_inbox import PollInbox

settings = FollowUpSettings()
app = Orchestrator("follow-up")
register(app, settings)
app.workflow(FollowUp)
if settings.imap_host is not None:
    app.workflow(PollInbox)
