export default {
  "admin": {
    "title": "Administration",
    "account": "Account",
    "accounts": {
      "one": "{count} account",
      "other": "{count} accounts"
    },
    "running": {
      "one": "{count} campaign sending",
      "other": "{count} campaigns sending"
    },
    "sentence": "{accounts}, {running}; {delivered} of {total} messages delivered.",
    "sentence_of_page": "On this page: {accounts}, {running}; {delivered} of {total} messages delivered.",
    "of_delivered": "{share} of delivered",
    "figure": {
      "campaigns": "Campaigns",
      "running": "Sending",
      "scheduled": "Scheduled",
      "delivered": "Delivered",
      "read": "Read",
      "replied": "Replied",
      "failed": "Failed",
      "pending": "No result yet"
    },
    "empty": "No account has campaigns",
    "empty_text": "An account appears here once it creates its first campaign."
  },
  "blocked": {
    "similar": "{{{name}}} does not exist in the contacts; it may be {{{similar}}}.",
    "back": "The number is connected again. It continues by itself in a moment."
  },
  "bubble": {
    "image": "Picture",
    "document": "Document",
    "video": "Video",
    "audio": "Audio"
  },
  "campaign": {
    "title": "Campaign",
    "back": "Campaigns",
    "copy_name": "{name} (copy)",
    "moment": {
      "today": "today at {time}",
      "tomorrow": "tomorrow at {time}",
      "later": "{time}"
    },
    "sentence": {
      "draft": "Draft: nothing is sent until you start it.",
      "scheduled": "Scheduled: starts {time}.",
      "scheduled_until": "Scheduled: starts {time}; ends {end}.",
      "starting": "Starting: the text and the people are fixed now, and the first message goes out within seconds.",
      "retry": "The retry starts within seconds; the message has reached {delivered} of {total}.",
      "running": "{delivered} of {total} delivered; ends {time}.",
      "running_open": {
        "one": "{delivered} of {total} delivered; {count} person is still waiting.",
        "other": "{delivered} of {total} delivered; {count} people are still waiting."
      },
      "finishing": {
        "one": "{delivered} of {total} delivered; everything has gone out, and WhatsApp still has to confirm {count}.",
        "other": "{delivered} of {total} delivered; everything has gone out, and WhatsApp still has to confirm {count}."
      },
      "blocked": "{delivered} of {total} delivered; on hold.",
      "paused": {
        "one": "{delivered} of {total} delivered; paused. Nothing goes out until you resume: {count} person is waiting.",
        "other": "{delivered} of {total} delivered; paused. Nothing goes out until you resume: {count} people are waiting."
      },
      "completed": "{delivered} of {total} delivered; ended {time}.",
      "completed_failed": {
        "one": "{delivered} of {total} delivered, {count} failed; ended {time}.",
        "other": "{delivered} of {total} delivered, {count} failed; ended {time}."
      },
      "open": {
        "one": "{count} confirmation of WhatsApp is missing.",
        "other": "{count} confirmations of WhatsApp are missing."
      },
      "failed": "{delivered} of {total} delivered; ended {time} without sending anything.",
      "not_started": "It did not start: no one received anything.",
      "canceled": "Canceled: {delivered} of {total} delivered, and nothing more goes out.",
      "canceled_before": "Canceled before it started: no one received anything."
    },
    "scan": "Show QR code",
    "connection": "Open connection",
    "funnel": "What happened to each person",
    "figure": {
      "sent": "Not confirmed",
      "delivered": "Delivered",
      "read": "Read",
      "replied": "Replied",
      "failed": "Failed",
      "skipped": "Skipped",
      "unknown": "In doubt",
      "pending": "Waiting"
    },
    "hint": {
      "sent": "already sent",
      "read": "{share} of delivered",
      "unknown": "being checked",
      "pending": "not sent yet"
    },
    "part": {
      "read": {
        "one": "{count} read",
        "other": "{count} read"
      },
      "unread": {
        "one": "{count} delivered and not read",
        "other": "{count} delivered and not read"
      },
      "sent": {
        "one": "{count} sent, not confirmed",
        "other": "{count} sent, not confirmed"
      },
      "unknown": {
        "one": "{count} in doubt",
        "other": "{count} in doubt"
      },
      "failed": {
        "one": "{count} failed",
        "other": "{count} failed"
      },
      "skipped": {
        "one": "{count} skipped",
        "other": "{count} skipped"
      },
      "pending": {
        "one": "{count} waiting",
        "other": "{count} waiting"
      }
    },
    "timeline": {
      "title": "Over time",
      "table": "Show as a table",
      "chart": "Show as a chart",
      "when": "When",
      "delivered": "Delivered",
      "failed": "Failed",
      "limit": "limit of {limit} a minute",
      "limit_of_bar": "limit of {limit} in {minutes} minutes",
      "read": "{time} · delivered: {delivered} · failed: {failed}",
      "span": "{begin}–{end}",
      "words": "Deliveries since {begin}: {delivered}. Failures: {failed}. Peak: {highest} ({time}).",
      "words_none": "No deliveries since {begin}. Failures: {failed}."
    },
    "people": {
      "title": "People",
      "search": "Search by phone",
      "all": "all",
      "by_state": "Filter by status",
      "by_reason": "Filter by reason",
      "empty": "There are no people in this campaign yet",
      "none": "No one matches this filter",
      "erased": "erased person",
      "open": "See everything about this person"
    },
    "reasons": "Why it did not arrive",
    "runs": {
      "title": "Sends",
      "first_send": "First send",
      "retry": "Retry of failures",
      "took": "took {time}",
      "summary": "People: {total}. Delivered: {delivered}; failed: {failed}; skipped: {skipped}.",
      "summary_open": "People: {total}. Delivered: {delivered}; failed: {failed}; skipped: {skipped}; {open}.",
      "text": "The text of this send:"
    },
    "facts": {
      "title": "About this campaign",
      "segment": "Segment",
      "template": "Template",
      "window": "Sending hours",
      "pace": "Campaign pace",
      "per_minute": {
        "one": "up to {count} message a minute",
        "other": "up to {count} messages a minute"
      },
      "scheduled_at": "Scheduled for",
      "not_after": "Does not start after",
      "started_at": "Started",
      "completed_at": "Ended",
      "average": "From sending to delivery, on average",
      "excluded": "Leaves out",
      "segments": {
        "one": "{count} segment",
        "other": "{count} segments"
      },
      "quiet_days": "Skips people messaged in the last",
      "unregistered_days": "Skips people not on WhatsApp in the last",
      "days": {
        "one": "{count} day",
        "other": "{count} days"
      },
      "labels": "Labels",
      "created_at": "Created"
    },
    "action": {
      "change": "Edit",
      "pause": "Pause",
      "resume": "Resume",
      "continue": "Continue",
      "edit": "Edit audience, text and time",
      "unschedule": "Back to draft",
      "duplicate": "Duplicate",
      "export": "Export people",
      "print": "Print report",
      "cancel": "Cancel campaign",
      "delete": "Delete draft",
      "retry": "Retry the failed"
    },
    "done": {
      "pause": "{name} was paused at {time}. Nothing more goes out.",
      "resume": "{name} continues.",
      "unschedule": "{name} is a draft again: nothing goes out until you start it.",
      "cancel": "{name} was canceled.",
      "retry": "The retry starts within seconds.",
      "duplicate": "This is the copy, a draft: {name}.",
      "delete": "The draft {name} was deleted.",
      "edit": "Saved."
    },
    "resume": {
      "title": "Resume {name}?",
      "action": "Resume sending",
      "text": {
        "one": "{count} person who is waiting starts to get the message now.",
        "other": "{count} people who are waiting start to get the message now."
      },
      "text_unlinked": {
        "one": "{count} waiting person starts to receive once the number is connected. It is not connected now.",
        "other": "{count} waiting people start to receive once the number is connected. It is not connected now."
      }
    },
    "cancel": {
      "title": "Cancel {name}?",
      "action": "Cancel the campaign",
      "text": {
        "one": "{count} person who is still waiting will receive nothing. This cannot be undone; to stop for a while, pause instead.",
        "other": "{count} people who are still waiting will receive nothing. This cannot be undone; to stop for a while, pause instead."
      },
      "text_before": "Nothing more goes out from this campaign, and it cannot be resumed. A copy of it can be started.",
      "keep": "Back"
    },
    "retry": {
      "title": {
        "one": "Send again to {count} person?",
        "other": "Send again to {count} people?"
      },
      "action": "Send again now",
      "text": "{name} goes out again only to the people it failed to reach, with the current template and contacts. It ends {time}.",
      "text_open": "{name} goes out again only to the people it failed to reach, with the current template and contacts. Its end cannot be predicted yet.",
      "will_not": "These people are left out:",
      "none": "The retry would reach no one: {reasons}. Correct this and try again.",
      "not_on_whatsapp": {
        "one": "{count} person failed because the number was not on WhatsApp. Writing to such numbers again raises the risk of a ban: send again only if they have joined WhatsApp since.",
        "other": "{count} people failed because their numbers were not on WhatsApp. Writing to such numbers again raises the risk of a ban: send again only if they have joined WhatsApp since."
      }
    },
    "delete": {
      "title": "Delete the draft {name}?",
      "text": "The segment and the template stay; the draft cannot be recovered. It has sent nothing.",
      "action": "Delete the draft"
    },
    "form": {
      "title": "Edit the campaign",
      "name": "Name",
      "name_hint": "Only you see it.",
      "description": "Description",
      "description_hint": "What it is for, if that helps.",
      "max_messages_per_minute": "Messages per minute",
      "max_messages_per_minute_hint": "The number's limit applies too. A change takes effect within seconds.",
      "scheduled_at": "Starts",
      "scheduled_at_hint": "In your time zone.",
      "not_after": "Does not start after",
      "not_after_hint": "If it cannot start by then, it is not sent late.",
      "labels": "Labels",
      "labels_hint": "Words of your own to find it by, separated by commas."
    }
  },
  "campaigns": {
    "title": "Campaigns",
    "new": "New campaign",
    "name": "Name",
    "state": "Status",
    "reached": "Delivered",
    "when": "When",
    "actions": "Actions",
    "search": "Search by name",
    "label": "Label",
    "any_state": "all",
    "any_label": "all",
    "sentence": "{parts}; {all}.",
    "quiet": "Nothing is going out or scheduled; {all}.",
    "all": {
      "one": "{count} campaign in all",
      "other": "{count} campaigns in all"
    },
    "count": {
      "running": {
        "one": "{count} sending",
        "other": "{count} sending"
      },
      "held": {
        "one": "{count} waiting",
        "other": "{count} waiting"
      },
      "paused": {
        "one": "{count} paused",
        "other": "{count} paused"
      },
      "scheduled": {
        "one": "{count} scheduled",
        "other": "{count} scheduled"
      }
    },
    "progress": "{delivered} of {total}",
    "moment": {
      "starts": "starts",
      "ended": "ended",
      "started": "started",
      "created": "created"
    },
    "empty": "No campaigns yet",
    "empty_text": "A campaign sends a message to the people in a segment. Nothing goes out before you check and confirm.",
    "no_match": "No campaign with these filters",
    "no_match_text": "The search matches the beginning of each word of a name; a label has to be exact.",
    "show_all": "Show all"
  },
  "codes": {
    "unknown": {
      "problem": "The request was not accepted ({code}). Try again; if it keeps happening, tell the person who runs Hidra.",
      "blocked": "On hold ({code}).",
      "error": "it could not be sent ({code})",
      "preflight": "Note before the start ({code}).",
      "reject": "The row could not be imported ({code}).",
      "import": "The import did not finish ({code}).",
      "connection": "A warning about the connection ({code}).",
      "connection_error": "The number cannot send ({code}). Show the technical detail to the person who runs the Evolution server.",
      "template": "A warning about the template ({code}).",
      "file": "Notice about the file ({code}).",
      "pace": "The limit that applies now is not known ({code})."
    },
    "problem": {
      "api-key-required": "A first connection, or another server, needs the API key. Nothing was saved; type the key.",
      "base-url": "The server's address is not valid. Nothing was saved; check that it starts with https://.",
      "campaign-starting": "The campaign is starting now. Try again in a few seconds.",
      "campaign-status": "This action does not fit the campaign's current status. Nothing has changed; reload to see it.",
      "conflict": "This contradicts other data. Nothing was saved.",
      "connection-busy": "The number's pace is fully used. Nothing was sent; try again in a minute.",
      "connection-distrusted": "The number is under observation and sends one message every five minutes until WhatsApp confirms one. Nothing was sent; try again in five minutes.",
      "connection-not-usable": "The number is not connected. Nothing was sent; see the Connection page.",
      "empty-search": "The search has no letter and no digit. Search for a name or a phone.",
      "erased-phone": "There is a phone of a person who was erased on request. Nothing was saved; remove that phone.",
      "evolution-unavailable": "The Evolution server did not answer as expected. Try again in a few minutes.",
      "export-ended": "The export has ended; there is nothing to cancel.",
      "export-not-completed": "The export has not ended; its file is available after that.",
      "export-running": "Another export of this kind is already running. Wait until it ends, or cancel it.",
      "export-without-file": "This export no longer has a file. Create another export.",
      "external-id-reused": "This id belongs to a different campaign. Nothing was created.",
      "forbidden": "This account cannot use Hidra. Sign in with another account.",
      "identity-key": "Hidra is deployed with another key for phones. Tell the person who runs the system.",
      "identity-version": "Hidra is being upgraded. Try again in a few minutes.",
      "import-ended": "The import has ended; there is nothing to cancel.",
      "import-not-completed": "The import has not ended; its rejected rows are available after that.",
      "internal": "Hidra failed to process the request. The fault is ours; try again later.",
      "invalid-cursor": "This page of the list no longer exists. Return to the first page.",
      "invalid-phone": "Invalid phone. Nothing was saved; correct it where it is marked.",
      "invalid-request": "There is a field that was not accepted. Correct what is marked.",
      "locked": "Another change to the same data is under way. Nothing was saved; try again in a few seconds.",
      "malformed-json": "The request arrived incomplete. Try again.",
      "message-under-way": "A message to this person is being sent right now. Nothing was erased; try again in a minute.",
      "no-connection": "No number is connected. Connect one first, on the Connection page.",
      "no-file": "An import from WhatsApp itself has no file. Nothing was created.",
      "no-rejects": "The import did not reject any rows.",
      "not-admin": "Only administrators may see this.",
      "not-found": "Not found: it was deleted, or it belongs to another account.",
      "not-in-group": "This account is not in the group that may use Hidra. Ask for access.",
      "nothing-failed": "There is no failure that can be sent again.",
      "nothing-to-send": "No one would receive this message. Nothing has started; see the reasons under Check.",
      "one-segment": "Choose an existing segment or a new name, not both.",
      "opt-out-words": "The opt-out and opt-in words contradict each other. Correct the marked ones.",
      "opted-out": "This person asked not to receive messages. Nothing was sent.",
      "phone-taken": "Another contact already has this phone. Nothing was saved.",
      "request-too-large": "This is too much data for one request. Split it into smaller parts.",
      "segment-empty": "The segment has no contacts. Nothing has started; add contacts first.",
      "segment-in-use": "Campaigns use this segment, so it stays:",
      "segment-too-large": "The segment is too large: a campaign reaches up to {limit} people. Split it.",
      "signed-out": "Your session has ended. Sign in again.",
      "status-*": "The server did not accept the request ({code}). Try again in a few seconds.",
      "template-content": "The template needs text or media, of the right type. Nothing was saved.",
      "template-in-use": "Campaigns use this template, so it stays:",
      "template-variables": "The variables in the text and in the list are not the same. Nothing was saved.",
      "text-too-long": "With its values the text is too long. Shorten the template.",
      "too-fast": "The Evolution server sends too many events. They are repeated in a few seconds.",
      "too-many-attributes": "A contact holds up to 50 attributes. Nothing was saved; remove some.",
      "too-many-columns": "There are too many attributes for a CSV. Export as JSON Lines.",
      "too-many-events": "The Evolution server sent too many events at once.",
      "too-many-imports": "Ten of your imports are waiting or running. Wait until one ends, or cancel one.",
      "too-slow": "The request takes too long. Nothing was saved; ask for less at once, or try later.",
      "unauthorized": "The event's signature is not valid.",
      "unavailable": "Hidra cannot answer at this moment. Try again in a few seconds.",
      "unfit": "A value could not be stored. Nothing was saved; shorten or correct it.",
      "unknown-campaign": "This campaign no longer exists. Nothing was created.",
      "unknown-contact": "This contact no longer exists.",
      "unknown-contacts": "Not all of these contacts exist any longer. No contact was added.",
      "unknown-parameter": "The address has a filter that does not exist. Remove it and try again.",
      "unknown-segment": "This segment no longer exists. Nothing was saved; choose another.",
      "unknown-template": "This template no longer exists. Nothing was saved; choose another.",
      "unknown-user": "This account is not registered in Hidra yet. Ask for access.",
      "unresolved-variables": "There is a variable without a value. Fill in what is marked.",
      "webhook-too-large": "The event is too large.",
      "wrong-fields": "The choices of this export do not fit together. Nothing was created.",
      "wrong-filter": "The filter is not valid. Correct what is marked.",
      "wrong-times": "The times are in the past, contradict each other or do not exist. Nothing has changed; correct them."
    },
    "blocked": {
      "no-connection": "No number is connected. It continues by itself once you connect one.",
      "connection-not-connected": "The number is not connected to WhatsApp. It continues by itself once you connect the phone again.",
      "connection-error": "The number cannot send. {reason} The campaign continues by itself once a test succeeds; the test repeats.",
      "connection-probed": "The number is under observation: one message goes out every {minutes} minutes until WhatsApp confirms one. Why it stopped: {reason}",
      "server-slow": "The Evolution server takes longer than {seconds} s to answer: one message goes out every {minutes} minutes until it is faster.",
      "outside-send-window": "Outside the sending hours, which open {opens_at}. It continues by itself.",
      "day-limit-reached": "The number has reached this day's limit of {limit}. It continues by itself {until}.",
      "first-contacts-reached": "Only people who have not talked with this number are left, and this day's limit of {limit} is used up. It continues by itself {until}.",
      "time-zone-changed": "The number's time zone was changed, and the new day has not started. It continues by itself {until}.",
      "outcomes-in-doubt": "Everything has gone out. Messages in doubt: {messages}. Hidra keeps checking until {until}; nothing is sent again.",
      "whatsapp-refuses": "Paused: WhatsApp refused {refused} of the last {answered} messages. Check the number's phone, then resume.",
      "media-not-fetched": "Paused: the Evolution server cannot download the media. Check its address and resume.",
      "segment-empty": "It did not start: the segment has no contacts. Duplicate the campaign after you have added some.",
      "segment-too-large": "It did not start: the segment has more than {limit} people. Split it and duplicate the campaign.",
      "not-after-passed": "It did not start before {not_after}, the limit that you set. Duplicate it with another time.",
      "nothing-to-send": "No one could receive the message (people in the segment: {recipients}). Reasons:",
      "nothing-failed": "There was no failure that could be sent again."
    },
    "error": {
      "not_on_whatsapp": "the number is not on WhatsApp",
      "unresolved_variable": "a value that the text uses is missing",
      "text_too_long": "with its values, the text is too long",
      "provider_failed": "WhatsApp accepted the message and later reported that it was not delivered",
      "outcome_unknown": "whether it was sent could not be found out within a day; it is not sent again",
      "meta_*": "Meta refused the message ({code})",
      "refused": "the Evolution server refused this message",
      "invalid_request": "the Evolution server did not accept this message",
      "excluded": "is in a segment that the campaign leaves out",
      "not_on_whatsapp_before": "an earlier campaign showed that the number is not on WhatsApp",
      "contacted_recently": "received another message a short time ago",
      "opted_out": "asked not to receive messages",
      "erased": "was erased on request",
      "canceled": "you canceled the campaign first",
      "delivered_already": "the first message arrived before its retry",
      "unreachable": "the Evolution server did not answer",
      "dns": "the address of the Evolution server was not found",
      "slow_to_connect": "the Evolution server took too long to accept a connection",
      "tls": "the certificate of the Evolution server is not valid",
      "private_address": "the Evolution server is in a private network",
      "unusable_connection": "the connection's address or key cannot be used",
      "too_many_requests": "the Evolution server asked to slow down",
      "rate_overlimit": "WhatsApp asked this number to slow down",
      "unauthorized": "the Evolution server did not accept the key",
      "instance_not_found": "the Evolution server has no such instance",
      "not_evolution": "no Evolution API answers at this address",
      "license_required": "the Evolution server has no licence",
      "connection_closed": "the number was disconnected",
      "never_connected": "the number has not been connected yet",
      "not_running": "the instance was not running on the Evolution server",
      "not_encrypted": "WhatsApp could not prepare the message for this number",
      "media_not_uploaded": "WhatsApp did not receive the media",
      "media_not_fetched": "the Evolution server could not download the media",
      "key_unreadable": "the stored key could not be read",
      "keys_unavailable": "the stored key could not be read just now",
      "answer_not_understood": "the server's answer does not say whether it went out",
      "connection_lost": "the server broke off its answer; whether it went out is not known",
      "duplicate_id": "the server gave the id of another message; whether it went out is not known",
      "failed_while_sending": "the server failed while sending; whether it went out is not known",
      "server_error": "the server failed; whether it went out is not known",
      "timed_out": "the server did not answer in time; whether it went out is not known"
    },
    "preflight": {
      "campaign-started": "The campaign has started: the numbers are those of people still waiting. Text and audience can no longer change.",
      "campaign-ended": "The campaign has ended: the numbers are those of a retry of the failures, or of a duplicate.",
      "no-connection": "No number is connected: the campaign cannot start. Connect one first.",
      "connection-not-connected": "The number is not connected: nothing is sent until it is.",
      "pace-above-connection": "The campaign asks for a higher pace than the number's; the number's applies.",
      "pace-risks-ban": "At this pace WhatsApp may ban a number that is connected by QR code. A lower pace is safer.",
      "statuses-missing": "No delivery confirmation has arrived over this connection yet: messages arrive, but are not counted as delivered or read.",
      "connection-probed": "The number is under observation: one message goes out every five minutes until WhatsApp confirms one. Until then the forecast does not hold.",
      "server-slow": "The Evolution server is slow to answer: one message goes out every five minutes until it is faster. Until then the forecast does not hold.",
      "number-never-sent": "No message has gone out over this connection yet. A new number that writes to many people may be banned: turn on the warm-up, which starts with a few messages a day.",
      "takes-long": "Sending takes many days. Raise the limits, widen the sending hours, or send to fewer people.",
      "ends-after-not-after": "The time limit is for the start only: once started, the campaign goes on to its end, which is expected later.",
      "nothing-failed": "There is no failure that can be sent again.",
      "segment-empty": "The segment has no contacts: the campaign cannot start. Add contacts first.",
      "nothing-to-send": "No one would receive the message: the campaign cannot start. The reasons are below.",
      "segment-too-large": "The segment is too large: the campaign cannot start. Split it.",
      "similar-name": "A variable in the text does not exist in the contacts, but one with a similar name does.",
      "single-braces": "The text has single braces: only {{this}} is filled as a variable.",
      "other-placeholders": "The text has placeholders from another system, which are sent as written.",
      "text-too-long": "With its values the text for some people is too long. Shorten the template or the values."
    },
    "template": {
      "single-braces": "The text has single braces: only {{this}} is filled as a variable.",
      "other-placeholders": "The text has placeholders from another system, which are sent as written.",
      "text-too-long": "With these values the text is too long."
    },
    "connection": {
      "integration-corrected": "A different connection type was saved; Hidra uses the one that the server reports.",
      "instance-shared": "Another connection uses this same instance and receives its events: deliveries, replies and opt-outs do not arrive here. Use an instance of your own.",
      "number-shared": "Two instances on the server have this number: confirmations reach only one of them.",
      "statuses-missing": "No delivery confirmation has arrived over this connection yet: messages arrive, but are not counted as delivered or read."
    },
    "connection_error": {
      "unreachable": "The Evolution server does not answer at this address. Check the address under Change the connection, or tell the person who runs the server.",
      "dns": "The address of the Evolution server does not exist on the internet. Check its spelling under Change the connection.",
      "slow-to-connect": "The Evolution server takes too long to accept a connection. If it keeps happening, tell the person who runs it.",
      "tls": "The security certificate of the Evolution server is not valid. Tell the person who runs the server.",
      "private-address": "The address of the Evolution server is in a private network, which Hidra does not reach. Ask the person who runs the server for a public address.",
      "timed-out": "The Evolution server did not answer in time. If it keeps happening, tell the person who runs it.",
      "connection-lost": "The Evolution server broke off its answer. If it keeps happening, tell the person who runs it.",
      "server-error": "The Evolution server answers with a failure. If it keeps happening, tell the person who runs it.",
      "not-evolution": "No Evolution API answers at this address. Check the address under Change the connection.",
      "unusable-connection": "The saved address or key cannot be used. Enter both again under Change the connection.",
      "key-unreadable": "The stored key can no longer be read. Enter the key again under Change the connection.",
      "unauthorized": "The Evolution server does not accept the API key. Enter the right key under Change the connection.",
      "instance-not-found": "The Evolution server has no instance of this name. Check the name under Change the connection, with upper and lower case.",
      "instance-removed": "The instance was deleted on the Evolution server. Ask the person who runs it to create it again, or use another one under Change the connection.",
      "license-required": "The Evolution server has no licence. Ask the person who runs it to activate one.",
      "not-running": "The Evolution server knows the instance, but does not run it. Ask the person who runs the server to restart it.",
      "state-unknown": "The Evolution server reports a state that Hidra does not know. Tell the person who runs Hidra.",
      "no-whatsapp": "This instance does not use WhatsApp. Choose one that does under Change the connection.",
      "webhook-not-set": "Deliveries and replies may not show up here, because the Evolution server did not accept the address for its events. If it keeps happening, tell the person who runs it.",
      "code-not-scanned": "The QR code was not scanned in time. On the page Connection, use Test now and scan the new code with the phone.",
      "never-connected": "This number has not been connected yet. Connect the phone with the QR code.",
      "connection-closed": "The connection between the Evolution server and WhatsApp was closed. If it is not back within a minute, ask the person who runs the server to restart the instance.",
      "logged-out": "The number was disconnected, on the phone or on the Evolution server. Connect the phone again with the QR code.",
      "cloud-api-closed": "The number of the official API was disconnected on the Evolution server. Ask the person who runs the server to restart it.",
      "banned": "WhatsApp has banned this number. Ask for a review in WhatsApp on the phone, or connect another number.",
      "payment-required": "WhatsApp asks for a payment on this account. Settle it in WhatsApp and connect the phone again.",
      "request-not-accepted": "WhatsApp did not accept a request of this number. If it is not back within a minute, ask the person who runs the Evolution server to restart the instance.",
      "version-not-accepted": "The version of Evolution is too old for WhatsApp. Ask the person who runs the server to update it, then connect the phone again.",
      "client-not-accepted": "WhatsApp no longer accepts this version of Evolution. Ask the person who runs the server to update it, then connect the phone again.",
      "whatsapp-timed-out": "WhatsApp did not answer the Evolution server, or the QR code was not scanned in time. Connect the phone again; if it does not work, tell the person who runs the server.",
      "session-conflict": "WhatsApp found another session of this number. Connect the phone again.",
      "session-replaced": "Another program has taken over this number. Close it and connect the phone again.",
      "session-not-accepted": "WhatsApp does not accept the session that the Evolution server has stored. Ask the person who runs it to disconnect the instance, then connect the phone again.",
      "session-restart": "WhatsApp asked for a new start of the session. If it is not back within a minute, ask the person who runs the Evolution server to restart the instance.",
      "devices-mismatch": "WhatsApp no longer recognises this linked device. Remove it on the phone, under Linked devices, and connect again with the QR code.",
      "slow-down-and-connect": "WhatsApp asked this number to slow down. Wait a few minutes and connect the phone again.",
      "new-chats-limited": "WhatsApp has limited new chats of this number. Wait a few hours, and write to people who know it.",
      "not-supported": "WhatsApp does not offer what this version of Evolution asks for. Ask the person who runs the server to update it, then connect the phone again.",
      "whatsapp-unavailable": "WhatsApp is down at the moment. If the number does not come back by itself, ask the person who runs the Evolution server to restart the instance.",
      "closed-by-whatsapp": "WhatsApp closed the connection. Connect the phone again; if it does not work, show the technical detail to the person who runs the Evolution server.",
      "rate-overlimit": "WhatsApp asked this number to slow down. Lower the messages per minute under Pace and limits.",
      "media-not-uploaded": "WhatsApp did not receive the media of the campaign. Hidra tries again by itself; if it keeps happening, check the media.",
      "not-acknowledged": "The Evolution server accepts messages, but WhatsApp confirms none of them. Check the number on its phone, and ask the person who runs the server to restart the instance.",
      "repeated-doubts": "Whether the last messages went out is not known. Ask the person who runs the Evolution server to check it.",
      "repeated-failures": "Messages to different people failed for the same reason, and WhatsApp confirms none. Ask the person who runs the Evolution server to check it.",
      "meta-0": "Meta no longer accepts the access token of this number. Ask the person who runs the account at Meta to renew it.",
      "meta-3": "Meta does not let the app send messages. Ask the person who runs the account at Meta to check its permissions.",
      "meta-10": "Meta does not let the app send messages. Ask the person who runs the account at Meta to check its permissions.",
      "meta-100": "Meta does not know the id of this number. Ask the person who runs the Evolution server to check it.",
      "meta-190": "Meta no longer accepts the access token of this number. Ask the person who runs the account at Meta to renew it.",
      "meta-368": "Meta has blocked this account. Ask the person who runs the account at Meta to look for the reason there.",
      "meta-131005": "Meta does not let the app send messages. Ask the person who runs the account at Meta to check its permissions.",
      "meta-131031": "Meta has blocked this account. Ask the person who runs the account at Meta to look for the reason there.",
      "meta-131042": "Meta sends nothing because of a problem with the payment of the account. Ask the person who runs the account at Meta to settle it.",
      "meta-131045": "This number is not registered with Meta's official API. Ask the person who runs the account at Meta to register it.",
      "meta-133010": "This number is not registered with Meta's official API. Ask the person who runs the account at Meta to register it.",
      "meta-other": "Meta does not send the messages of this number. Show the technical detail to the person who runs the account at Meta.",
      "unknown": "The Evolution server does not answer, or does not let this number send. Show the technical detail to the person who runs it."
    },
    "reject": {
      "no_phone": "no phone: fill in the phone column",
      "invalid_phone": "invalid phone: check area code and number",
      "digit_missing": "mobile with a digit missing: add the ninth digit",
      "value_too_long": "a value is too long: shorten it",
      "invalid_value": "a value is not text, number, true or false: replace it with one of these",
      "invalid_consent": "the consent could not be understood: check basis and date",
      "too_many_cells": "more cells than columns: check separators and quotes",
      "too_many_columns": "more than 200 columns: remove some",
      "too_many_attributes": "the contact would have more than 50 attributes: leave columns out",
      "unbalanced_quotes": "quotes that open and do not close in the line: close or remove them",
      "malformed": "the line could not be read: write it like the others",
      "nul_character": "the line has a character that is not text: remove it",
      "undecodable": "letters that could not be read: save the file as UTF-8",
      "line_too_long": "the line is longer than 1 MB: check its quotes, or shorten it",
      "erased": "the person was erased at their request and does not come back"
    },
    "import": {
      "internal": "One part of the file took too much time or memory. Split the file or correct that part.",
      "unreadable_workbook": "The workbook is damaged, protected by a password, or not an .xlsx file.",
      "too_large": "The workbook is too large. Save it as CSV.",
      "no_header": "The first line does not have the column names.",
      "no_phone_column": "No column was recognized as the phone. Choose which one it is.",
      "unknown_column": "The mapping names a column that the file does not have.",
      "no_text": "The file has no text.",
      "wrong_format": "The file is of another type. Send CSV, XLSX or JSON Lines.",
      "too_many_columns": "The file has more than 200 columns.",
      "segment_deleted": "The segment was deleted during the import.",
      "no_file": "The file did not arrive in time. Import it again.",
      "file_replaced": "The file was replaced during the import. Import it again.",
      "no_connection": "The connection was deleted before the end.",
      "not_connected": "The number is not connected. Connect it and import again.",
      "unauthorized": "The Evolution server did not accept the key. Check the connection.",
      "instance_not_found": "The Evolution server does not know the instance. Check the connection.",
      "not_evolution": "No Evolution API answers at the saved address. Check the connection.",
      "license_required": "The Evolution server asks for a license before it answers.",
      "unusable_connection": "The connection cannot be used. Check it.",
      "timed_out": "The Evolution server took too long. Import again later.",
      "connection_lost": "The connection to the Evolution server was lost. Import again.",
      "server_error": "The Evolution server failed. Import again later.",
      "answer_not_understood": "The Evolution server's answer was not understood.",
      "too_many_contacts": "The Evolution server has too many contacts for one import.",
      "no_answer": "The contacts did not arrive within ten minutes. Import again.",
      "unavailable": "The storage did not answer. Import again."
    },
    "file": {
      "lines_above_header": "Lines above the column names are not imported.",
      "attributes_not_imported": "A contact holds up to 50 attributes: some columns are left out.",
      "empty_columns_not_imported": "Empty columns at the beginning of the file are left out.",
      "repeated_columns": "Several columns have the same name; the repeated ones get a number.",
      "column_names_shortened": "Column names over 64 characters are shortened.",
      "encoding_doubtful": "Some letters look wrong. If names look odd, choose another option under “File encoding”."
    },
    "pace": {
      "campaign": {
        "one": "Up to {count} message a minute goes out: the pace of this campaign.",
        "other": "Up to {count} messages a minute go out: the pace of this campaign."
      },
      "connection": {
        "one": "Up to {count} message a minute goes out: the limit of your number.",
        "other": "Up to {count} messages a minute go out: the limit of your number."
      },
      "share": {
        "one": "Up to {count} message a minute goes out: the number sends up to {connection}, shared with {others}.",
        "other": "Up to {count} messages a minute go out: the number sends up to {connection}, shared with {others}."
      },
      "room": "Nothing goes out at this instant: the Evolution server is slow and has not answered the last messages yet. It continues as soon as the server answers.",
      "window": "Nothing goes out now: it is outside the sending hours.",
      "day": "Nothing goes out now: this day's limit of messages is used up.",
      "warm_up": "Nothing goes out now: the warm-up allows {messages} on this day, and that limit is used up.",
      "first_contacts": "Nothing goes out now: only people who have never talked to this number are left, and the limit of {contacts} is used up.",
      "blocked": "Nothing goes out now, for the reason above.",
      "none": "There is nothing left to send."
    }
  },
  "common": {
    "cancel": "Cancel",
    "close": "Close",
    "loading": "Loading",
    "more": "More",
    "retry": "Try again",
    "save": "Save",
    "undo": "Undo"
  },
  "connection": {
    "title": "Connection",
    "check": "Test now",
    "checking": "Testing…",
    "checked": {
      "connected": "Tested just now: the number is connected.",
      "connecting": "Tested just now: the QR code still has to be scanned.",
      "disconnected": "Tested just now: the number is disconnected.",
      "error": "Tested just now: the number cannot send."
    },
    "edit": "Change the connection",
    "linked": "Connected. The number can send now.",
    "since": "Connected since",
    "reported": "Technical detail:",
    "stopped": "The number is under observation: one message goes out every 5 minutes until WhatsApp confirms one. Why it stopped: {reason}",
    "never": "not yet",
    "facts": "Details",
    "pace": "Number's limit",
    "pace_value": {
      "one": "up to {count} message a minute",
      "other": "up to {count} messages a minute"
    },
    "concurrent": "Requests at once",
    "concurrent_value": {
      "one": "{count} request at a time",
      "other": "{count} requests at a time"
    },
    "instance": "Instance",
    "server": "Server",
    "last_check": "Last test",
    "last_webhook": "Last event from WhatsApp",
    "last_status": "Last delivery confirmation",
    "integration": {
      "title": "Connection type",
      "baileys": "WhatsApp Web (QR code)",
      "cloud_api": "Meta's official API"
    },
    "state": {
      "connected": "{name} is connected and can send.",
      "connecting": "{name} is waiting for its QR code to be scanned.",
      "disconnected": "{name} is disconnected. The campaigns wait, and continue by themselves once you connect the phone again.",
      "error": "{name} cannot send at the moment. The test repeats by itself, and the campaigns wait."
    },
    "needs": {
      "lead": "Connect the number that sends your campaigns. Have three things at hand:",
      "server": {
        "title": "The address of the Evolution server",
        "text": "The person who runs Evolution API in your company knows it: it starts with https:// and is the same for everyone."
      },
      "key": {
        "title": "The instance name and its key",
        "text": "Each number has its own instance. The key is stored encrypted and never shown again."
      },
      "phone": {
        "title": "The phone with WhatsApp",
        "text": "To scan the QR code that appears here after you save."
      }
    },
    "form": {
      "title": "Connection details",
      "change": "Change the connection",
      "base_url": "Server address",
      "base_url_hint": "As in the browser, with nothing after the server's name.",
      "instance_name": "Instance name",
      "instance_hint": "Exactly as in Evolution, with the same upper and lower case.",
      "api_key": "API key",
      "api_key_hint": "The instance's, or the server's.",
      "api_key_keep": "Leave it empty to keep the current key. Another server needs the key again.",
      "pace": "Messages a minute",
      "pace_hint": "With a new number, 20 or fewer.",
      "concurrent": "Requests at once",
      "concurrent_hint": "When in doubt, 1.",
      "save": "Save and test",
      "saving": "Saving and testing…"
    },
    "qr": {
      "title": "Connect the phone",
      "alt": "QR code to scan with WhatsApp",
      "step": {
        "1": "Open WhatsApp on this number's phone.",
        "2": "Tap More options or Settings, then Linked devices and Link a device.",
        "3": "Point the camera at this code."
      },
      "pairing": "Or type this code on the phone:",
      "renews": "The code renews itself in {seconds} s.",
      "coming": "The code appears in a few seconds.",
      "waiting": "This page tells you as soon as the number is connected."
    },
    "backfill": {
      "action": "Look up missing confirmations",
      "started": "The lookup has started: WhatsApp is asked about the messages of the last 24 hours.",
      "text": {
        "one": "Looking up missing confirmations: {checked} of {count} message checked, {updated} with news.",
        "other": "Looking up missing confirmations: {checked} of {count} messages checked, {updated} with news."
      }
    },
    "delete": {
      "action": "Delete the connection",
      "title": "Delete the connection {name}?",
      "text": "Server, instance and key are deleted. Running campaigns wait, and continue with the next connection that you save. WhatsApp on the phone does not change.",
      "confirm": "Delete {name}",
      "done": "The connection {name} is deleted."
    },
    "limits": {
      "title": "Pace and limits",
      "change": "Change pace and limits",
      "save": "Save",
      "saved": "Pace and limits are saved. They apply to everything that has not gone out yet.",
      "none": "no limit",
      "per_day": {
        "one": "up to {count} a day",
        "other": "up to {count} a day"
      },
      "max_messages_per_minute": "Messages a minute",
      "max_messages_per_minute_hint": "For all campaigns together. With a new number, 20 or fewer.",
      "max_concurrent_sends": "Requests at once",
      "max_concurrent_sends_hint": "When in doubt, 1.",
      "max_messages_per_day": "Messages a day",
      "max_messages_per_day_hint": "Empty: no limit.",
      "max_first_contacts_per_day": "First contacts a day",
      "max_first_contacts_per_day_hint": "People who never got a message from you and never wrote. Empty: no limit.",
      "jitter": "The interval varies",
      "jitter_hint": "Each message is delayed a little, at random: identical intervals look like a robot.",
      "jitter_none": "It does not",
      "jitter_value": "By up to {share}%",
      "hours": "Sending hours",
      "time_zone": "Time zone of the limits",
      "time_zone_hint": "Where a day begins and ends for these limits.",
      "wrong": "A whole number from 1 to {most}.",
      "wrong_or_empty": "A whole number from 1 to {most}, or empty."
    },
    "used": {
      "unlimited": "Messages today: {count}.",
      "messages": "Messages today: {used} of {limit}.",
      "first_contacts": "First contacts today: {used} of {limit}.",
      "left": {
        "one": "{count} left.",
        "other": "{count} left."
      },
      "over": "The limit is used up; sending continues"
    },
    "warm_up": {
      "title": "Number warm-up",
      "off": "No warm-up",
      "on": "Increase day by day",
      "hint": "A new number that sends a lot at once may be banned. After the last day only the daily limit applies, if there is one.",
      "since": "First day",
      "since_wrong": "Choose the first day.",
      "limits": "Messages on each day",
      "limits_hint": "A number for each day, with commas between them.",
      "limits_wrong": "1 to 365 whole numbers, with commas between them.",
      "ladder": "Use the suggested days",
      "now": {
        "one": "Today is day {day} of {days}: up to {count} message. The last day is {last}.",
        "other": "Today is day {day} of {days}: up to {count} messages. The last day is {last}."
      },
      "begins": {
        "one": "Starts {day} with up to {count} message. Days in all: {days}.",
        "other": "Starts {day} with up to {count} messages. Days in all: {days}."
      },
      "over": "It ended {day}.",
      "picture": "{words} Days in all: {days}; messages on the last one: up to {last}.",
      "bar": {
        "one": "{day}: up to {count} message",
        "other": "{day}: up to {count} messages"
      },
      "today": "today",
      "more": {
        "one": "and {count} more day",
        "other": "and {count} more days"
      },
      "table": "Show as a table",
      "chart": "Show as a chart",
      "day": "Day",
      "day_now": "{day} (today)",
      "date": "Date",
      "limit": "Messages, up to"
    },
    "advice": {
      "title": "How to avoid being banned",
      "1": "Write only to people who asked for it: people who do not expect your message report it.",
      "2": "Start slowly with a new number, and raise the pace a little each day.",
      "3": "Say who you are in the first line, and how to stop receiving in the last.",
      "4": "Call each person by name: a thousand identical texts look like spam.",
      "5": "Reply to people who reply: conversations count for more than sends."
    }
  },
  "contacts": {
    "title": "Contacts",
    "name": "Name",
    "phone": "Phone",
    "attributes": "Attributes",
    "since": "Since",
    "nameless": "no name",
    "search": "Search by name or phone",
    "and_more": "{shown} · and {count} more",
    "import": "Import contacts",
    "export": "Export all contacts",
    "empty": "There are no contacts yet",
    "empty_text": "Bring them in from a spreadsheet with names and phones, or add one now.",
    "not_found": "No one matches “{search}”",
    "not_found_text": "The search compares the beginning of each word of a name, and the beginning or the end of a phone.",
    "add": {
      "action": "Add contact",
      "title": "New contact",
      "phone_hint": "With the area code; from another country, with + in front.",
      "name_hint": "What the message will call the person.",
      "phone_wrong": "This phone could not be read with certainty. Check area code and number.",
      "save": "Save contact",
      "done": "{name} was added to the contacts.",
      "known": "This phone was already a contact: {name}."
    }
  },
  "days": {
    "day": {
      "one": "{day}: {count} message, from {from} to {to}",
      "other": "{day}: {count} messages, from {from} to {to}"
    },
    "more": {
      "one": "and {count} more day",
      "other": "and {count} more days"
    }
  },
  "dialog": {
    "type": "To confirm, type: {name}"
  },
  "export": {
    "waiting": "The export starts in a moment.",
    "running": {
      "one": "Exporting: {rows} of {count} row.",
      "other": "Exporting: {rows} of {count} rows."
    },
    "progress": "Progress of the export",
    "cancel": "Stop",
    "download": "Download",
    "completed": {
      "one": "The file is ready: {count} row, {size}. It is available until {time}.",
      "other": "The file is ready: {count} rows, {size}. It is available until {time}."
    },
    "failed": "The export did not finish. Ask for it again.",
    "canceled": "The export was stopped, and what was written was deleted.",
    "erased": "The file was deleted because a person in it asked to be erased. Ask for it again.",
    "expired": "The file was deleted after a week. Ask for it again."
  },
  "form": {
    "wrong": "This value was not accepted. Technical detail: {message}"
  },
  "format": {
    "and": "{first} and {second}",
    "days": {
      "one": "{count} day",
      "other": "{count} days"
    },
    "hours": {
      "one": "{count} h",
      "other": "{count} h"
    },
    "minutes": {
      "one": "{count} min",
      "other": "{count} min"
    },
    "seconds": {
      "one": "{count} s",
      "other": "{count} s"
    },
    "today": "today {time}",
    "tomorrow": "tomorrow {time}",
    "yesterday": "yesterday {time}"
  },
  "imports": {
    "title": "Imports",
    "single": "Import",
    "name": "Import",
    "state": "Status",
    "read": "Rows",
    "created": "New",
    "updated": "Updated",
    "rejected": "Rejected",
    "when": "Started",
    "ended": "Ended",
    "from": "Source",
    "facts": "Details",
    "yes": "yes",
    "from_file": "From a file",
    "from_whatsapp": "From the connected WhatsApp",
    "see_segment": "See the segment",
    "another": "Import another file",
    "warnings": "What was read differently from the file",
    "format": {
      "csv": "CSV file",
      "xlsx": "XLSX workbook",
      "jsonl": "JSON Lines file"
    },
    "progress": "{read} of {total} read",
    "rate": {
      "one": "{count} row a second",
      "other": "{count} rows a second"
    },
    "part": {
      "created": {
        "one": "{count} new",
        "other": "{count} new"
      },
      "updated": {
        "one": "{count} updated",
        "other": "{count} updated"
      },
      "unchanged": {
        "one": "{count} unchanged",
        "other": "{count} unchanged"
      },
      "rejected": {
        "one": "{count} rejected",
        "other": "{count} rejected"
      }
    },
    "sentence": {
      "waiting": "Waiting for the file. The import starts by itself when it arrives.",
      "fetching": "Fetching the contacts from the Evolution server. The import then starts by itself.",
      "starting": "The file has arrived. Reading is about to start.",
      "running": {
        "one": "{count} row read so far.",
        "other": "{count} rows read so far."
      },
      "remaining": {
        "one": "{count} row read so far; about {left} left.",
        "other": "{count} rows read so far; about {left} left."
      },
      "failed": "The import did not reach the end. What was already imported stays.",
      "canceled": "You canceled the import. What was already imported stays.",
      "nothing": "No row was read.",
      "counts": {
        "one": "{count} row read: {created}, {updated}, {unchanged}.",
        "other": "{count} rows read: {created}, {updated}, {unchanged}."
      },
      "created": {
        "one": "{count} new contact",
        "other": "{count} new contacts"
      },
      "rejected": {
        "one": "{count} row was rejected; the reason is below.",
        "other": "{count} rows were rejected; the reasons are below."
      }
    },
    "rejects": {
      "title": "Rejected rows, by reason",
      "line": "Line",
      "row": "Text in the file",
      "count": {
        "one": "{count} row",
        "other": "{count} rows"
      },
      "more": {
        "one": "and {count} more in the file",
        "other": "and {count} more in the file"
      },
      "hint": "The file has the line, the reason and the text of each. Correct them and import only those.",
      "download": "Download the rejected rows"
    },
    "cancel": {
      "action": "Cancel the import",
      "title": "Cancel the import “{name}”?",
      "text": "Reading stops at the next batch. Contacts that are already imported stay."
    },
    "empty": {
      "title": "No imports yet",
      "text": "Bring in your contacts from a spreadsheet. You see how each row will be read before you import."
    },
    "drop": {
      "title": "Drop the file here",
      "title_touch": "Choose the file",
      "text": "CSV, XLSX or JSON Lines, up to 2 GB",
      "choose": "Choose a file",
      "other": "Choose another"
    },
    "new": {
      "title": "New import",
      "action": "Import contacts",
      "start": "Import",
      "source": "Where the contacts come from",
      "where": "Where they go",
      "reading": "How the file is read",
      "sending": "Sending {name}: {share}. Leave this page open until it is sent.",
      "unseen": "The workbook has {size} and is too large to preview. Columns will be recognized by their names; to check first, save it as CSV.",
      "whatsapp": "Imports the contacts that the Evolution server knows for your number, with the name that each person chose on WhatsApp. Groups and channels are left out.",
      "whatsapp_check": "Evolution also keeps members of groups that you have never written to, and does not mark them. Check the segment before you send."
    },
    "into": {
      "title": "Segment",
      "new": "New segment",
      "existing": "Existing segment",
      "none": "None",
      "name": "Segment name",
      "which": "Which segment",
      "choose": "Choose…"
    },
    "consent": {
      "title": "Why you may write to these people",
      "basis": "Legal basis (LGPD, article 7)",
      "hint": "Applies to rows that say nothing else in a consent column. It is kept with each contact.",
      "none": "Do not record now",
      "source": "Where it was given",
      "source_hint": "For example: website form, shop counter."
    },
    "basis": {
      "consent": "The person's consent",
      "contract": "Contract",
      "legitimate_interest": "Legitimate interest",
      "legal_obligation": "Legal obligation",
      "public_policy": "Public policy",
      "research": "Research",
      "legal_proceedings": "Legal proceedings",
      "protection_of_life": "Protection of life",
      "health_protection": "Protection of health",
      "credit_protection": "Protection of credit"
    },
    "old_numbers": "The list is from before 2017",
    "old_numbers_hint": "Brazilian mobile numbers with eight digits get their ninth digit. Without this, they are rejected.",
    "encoding": {
      "title": "File encoding",
      "hint": "Change it only if accents look wrong above.",
      "detect": "Recognize automatically",
      "utf-8": "UTF-8",
      "cp1252": "Windows (1252)",
      "cp850": "Old programs, DOS (850)",
      "mac-roman": "Excel on an old Mac",
      "utf-16": "UTF-16"
    },
    "preview": {
      "label": "First rows, as they will be read",
      "as_read": "Will be read as",
      "line": "Line {line}:",
      "unnamed": "no name, not imported",
      "attribute": "Attribute name for the column {name}",
      "tab": "tab",
      "failed": "As it is, the file cannot be imported yet.",
      "begun": "Only the beginning of the file was checked; the import reads all of it.",
      "all": {
        "one": "{count} row checked: it will be imported.",
        "other": "{count} rows checked: all will be imported."
      },
      "some": {
        "one": "{count} row checked: {good} and {bad}.",
        "other": "{count} rows checked: {good} and {bad}."
      },
      "good": {
        "one": "{count} will be imported",
        "other": "{count} will be imported"
      },
      "bad": {
        "one": "{count} will be rejected",
        "other": "{count} will be rejected"
      },
      "because": "{count} × {reason}",
      "map": "Check what each column becomes. Use the menu above it to change what is not right.",
      "written": "Read as {encoding}, with columns separated by “{delimiter}”.",
      "encoded": "Read as {encoding}."
    },
    "role": {
      "phone": "Phone",
      "phone_area_code": "Area code",
      "phone_country_code": "Country code",
      "name": "Name",
      "consent_basis": "Consent: basis",
      "consent_source": "Consent: source",
      "consent_at": "Consent: date",
      "attribute": "Attribute",
      "none": "Do not import"
    }
  },
  "opt_outs": {
    "title": "Opt-outs",
    "lead": "No campaign writes to these phones. People who reply STOP are added automatically.",
    "hidden": "For people who are not in your contacts only an encrypted mark is kept, without the phone.",
    "no_phone": "not in the contacts",
    "reason": "Reason",
    "at": "Since",
    "actions": "Actions",
    "export": "Export opt-outs",
    "source": {
      "title": "Source",
      "api": "Entered by you",
      "reply": "Requested by message",
      "erasure": "Person erased on request",
      "import": "Came with an import"
    },
    "empty": "No one has opted out",
    "empty_text": "People who reply STOP or something similar appear here and receive nothing more.",
    "add": {
      "action": "Add opt-out",
      "title": "Who should receive nothing more",
      "phones": "Phones",
      "phones_hint": "One per line. A running campaign skips them too.",
      "reason_hint": "If it helps later, such as “asked by phone”.",
      "save": "Stop writing",
      "wrong": "Could not be read with certainty: {phones}. Nothing was saved.",
      "done": {
        "one": "{count} phone receives nothing more.",
        "other": "{count} phones receive nothing more."
      },
      "skipped": {
        "one": "{count} waiting message was skipped.",
        "other": "{count} waiting messages were skipped."
      }
    },
    "by_phone": {
      "action": "Remove an opt-out by phone",
      "title": "Remove an opt-out",
      "hint": "Works for people who are no longer in the contacts, too."
    },
    "remove": {
      "short": "Remove",
      "label": "Remove the opt-out of {phone}",
      "title": "Write to {phone} again?",
      "action": "Remove the opt-out",
      "api": "Campaigns write to this phone again. Do this only if the person asked for it.",
      "reply": "This person asked by message to receive nothing more. Remove it only if they asked to come back.",
      "erasure": "This person was erased on request. Remove it only if they asked to be registered again: the phone can then be saved again.",
      "import": "The opt-out came with an imported list. Remove it only if the person asked to come back.",
      "done": "{phone} can receive messages again."
    }
  },
  "overview": {
    "title": "Overview",
    "new": "New campaign",
    "now": "Going out now",
    "waiting": "Waiting for you",
    "next": "Up next",
    "all": "Since the beginning",
    "see": "See",
    "import": "your import",
    "connect": "Open connection",
    "sentence": {
      "running": {
        "one": "{count} campaign is sending: the message has reached {delivered} of {total} people.",
        "other": "{count} campaigns are sending: their messages have reached {delivered} of {total} people."
      },
      "held": {
        "one": "{count} campaign is on hold: the message has reached {delivered} of {total} people. Nothing is going out now.",
        "other": "{count} campaigns are on hold: their messages have reached {delivered} of {total} people. Nothing is going out now."
      },
      "scheduled": "Nothing is going out now. Next is {name}, {time}.",
      "quiet": "Nothing is going out now, and nothing is scheduled.",
      "fresh": {
        "one": "One step left until your first campaign. Nothing is sent before you say so.",
        "other": "{count} steps left until your first campaign. Nothing is sent before you say so."
      }
    },
    "progress": "{delivered} of {total} delivered.",
    "expected": "Ends around {time}, at {pace} a minute.",
    "sums": "{delivered} of {total} messages delivered, in all campaigns.",
    "paused": {
      "one": "Paused: {count} person is still waiting. Nothing goes out until you resume it.",
      "other": "Paused: {count} people are still waiting. Nothing goes out until you resume it."
    },
    "rejects": {
      "one": "{name}: {count} row was not imported.",
      "other": "{name}: {count} rows were not imported."
    },
    "part": {
      "delivered": {
        "one": "{count} delivered",
        "other": "{count} delivered"
      },
      "failed": {
        "one": "{count} failed",
        "other": "{count} failed"
      },
      "skipped": {
        "one": "{count} skipped",
        "other": "{count} skipped"
      },
      "pending": {
        "one": "{count} with no result yet",
        "other": "{count} with no result yet"
      },
      "unconfirmed": {
        "one": "{count} not confirmed",
        "other": "{count} not confirmed"
      },
      "open": {
        "one": "{count} with no result yet",
        "other": "{count} with no result yet"
      }
    },
    "count": {
      "running": {
        "one": "sending",
        "other": "sending"
      },
      "held": {
        "one": "waiting",
        "other": "waiting"
      },
      "scheduled": {
        "one": "scheduled",
        "other": "scheduled"
      },
      "draft": {
        "one": "draft",
        "other": "drafts"
      },
      "paused": {
        "one": "paused",
        "other": "paused"
      },
      "completed": {
        "one": "completed",
        "other": "completed"
      },
      "failed": {
        "one": "failed",
        "other": "failed"
      },
      "canceled": {
        "one": "canceled",
        "other": "canceled"
      }
    },
    "connection": {
      "none": "No number is connected. The campaigns wait, and continue by themselves once you connect one.",
      "disconnected": "WhatsApp has disconnected your number. The campaigns wait, and continue by themselves once you connect the phone again.",
      "connecting": "Your number is waiting for its QR code to be scanned. The campaigns continue by themselves after that.",
      "error": "Your number cannot send at the moment. The campaigns wait, and continue by themselves once the problem is gone."
    },
    "steps": {
      "title": "First steps",
      "done": "done",
      "connect": {
        "title": "Connect your number",
        "text": "You need the phone and three things from the person who runs the Evolution server: address, instance and key. With these at hand, it takes two minutes.",
        "action": "Connect number"
      },
      "import": {
        "title": "Bring in your contacts",
        "text": "From a spreadsheet, with name and phone. You see how each row will be read before it is imported.",
        "action": "Import contacts"
      },
      "template": {
        "title": "Write the message",
        "text": "A template that calls each person by name. Beside it you see the message as they will.",
        "action": "Create template"
      },
      "campaign": {
        "title": "Send the campaign",
        "text": "Before it starts, you see how many people get it, when it starts and when it ends.",
        "action": "Create campaign"
      }
    }
  },
  "pace": {
    "title": "Pace now",
    "next": "Next message",
    "minute": "In the last minute",
    "today": "Today, from this number",
    "first_contacts": "First contacts today",
    "warm_up": "Warm-up",
    "closes": "The sending hours end",
    "messages": {
      "one": "{count} message",
      "other": "{count} messages"
    },
    "contacts": {
      "one": "{count} a day",
      "other": "{count} a day"
    },
    "others": {
      "one": "{count} more campaign",
      "other": "{count} more campaigns"
    },
    "of_connection": "{sent} from this campaign; {all} from the number in all",
    "used": {
      "one": "{used} of up to {count}",
      "other": "{used} of up to {count}"
    },
    "warm_up_day": "day {day} of {days}",
    "continues": "It continues by itself {time}."
  },
  "person": {
    "title": "Person",
    "facts": "What we know",
    "yes": "yes",
    "no": "no",
    "segments": "Segments",
    "created_at": "Contact since",
    "not_on_whatsapp": "Seen without WhatsApp",
    "sentence": {
      "opted_out": "Asked not to receive messages: no campaign writes to this person.",
      "not_on_whatsapp": "The number was not on WhatsApp at the last attempt: campaigns skip this contact for a while.",
      "with_consent": "May receive campaigns, and the legal basis is on record.",
      "without_consent": "May receive campaigns; no legal basis is on record."
    },
    "consent": {
      "title": "Legal basis (LGPD)",
      "none": "none on record",
      "consent": "consent",
      "legal_obligation": "legal obligation",
      "public_policy": "public policy",
      "research": "research",
      "contract": "contract",
      "legal_proceedings": "legal proceedings",
      "protection_of_life": "protection of life",
      "health_protection": "health protection",
      "legitimate_interest": "legitimate interest",
      "credit_protection": "credit protection"
    },
    "action": {
      "edit": "Edit",
      "opt_out": "Stop writing",
      "opt_in": "Write again",
      "export": "Download the person's data",
      "delete": "Delete from contacts",
      "erase": "Erase the person (LGPD)"
    },
    "form": {
      "title": "Edit the data",
      "value": "Value",
      "value_of": "Value of {name}",
      "name": "Attribute name",
      "remove": "Remove the attribute {name}",
      "add": "Add attribute",
      "consent_hint": "Why you may write to this person.",
      "source": "Where it came from",
      "source_hint": "Such as “website form”.",
      "done": "Saved."
    },
    "messages": {
      "title": "Messages",
      "empty": "Nothing received yet",
      "empty_text": "Each message of a campaign to this person appears here, with everything that happened to it.",
      "direct": "Outside campaigns, in the last three days",
      "trial": "Test message",
      "confirmation": "Opt-out confirmation",
      "no_text": "The text no longer exists.",
      "earlier_phone": "Sent to the previous phone, {phone}.",
      "open": "See the campaign"
    },
    "opted_out": "{name} receives nothing more.",
    "opted_in": "{name} can receive messages again.",
    "exported": {
      "one": "The data of {name} was downloaded, with {count} message.",
      "other": "The data of {name} was downloaded, with {count} messages."
    },
    "delete": {
      "title": "Delete {name} from the contacts?",
      "text": "The contact is removed from your contacts and segments. Messages that were sent stay, with the phone. To remove everything at the person's request, use “Erase the person (LGPD)”.",
      "action": "Delete the contact",
      "done": "{name} was deleted from the contacts."
    },
    "erase": {
      "title": "Erase {name} for good?",
      "action": "Erase the person",
      "goes": "The contact, the phone and the values in all messages are erased, and so are the exported files. What is still waiting is not sent.",
      "stays": "The counts of campaigns stay, without name or phone, and an encrypted mark so that the phone is neither saved nor written to again.",
      "not_reached": "Hidra cannot reach what is on your Evolution server and on the phone: delete it there too."
    },
    "erased": {
      "title": "Person erased",
      "done": "The person was erased",
      "messages": {
        "one": "The content of {count} message was deleted.",
        "other": "The content of {count} messages was deleted."
      },
      "skipped": {
        "one": "{count} that was waiting will not be sent.",
        "other": "{count} that were waiting will not be sent."
      },
      "stays": "The counts stay, and an encrypted mark that keeps this phone from being saved again. Delete the chat on the phone and on the Evolution server too."
    }
  },
  "picker": {
    "search": "Search in {label}",
    "placeholder": "Search",
    "nothing": "Nothing with this name.",
    "more": {
      "one": "{count} more: search by name.",
      "other": "{count} more: search by name."
    }
  },
  "problem": {
    "network": "The network did not answer. Check your internet connection; nothing you typed is lost."
  },
  "read_as": {
    "label": "As people will read it",
    "nothing": "The message appears here while you write.",
    "who": "As {name} will read it",
    "previous": "Previous person",
    "next": "Next person",
    "no_contacts": "There are no contacts to show: variables stay as they are written.",
    "missing": "No value for: {names}. This person would not get the message.",
    "long": "With these values the text has more than {limit} characters; Meta's official API refuses it."
  },
  "segments": {
    "title": "Segments",
    "single": "Segment",
    "new": "New segment",
    "create": "Create segment",
    "name": "Name",
    "size": "People",
    "description": "Description",
    "description_hint": "Only for you, such as where the list came from.",
    "created": "Created",
    "rename": "Change name and description",
    "import": "Import contacts into this segment",
    "use": "Use in a campaign",
    "people": "People in the segment",
    "actions": "Actions",
    "person": "Name",
    "phone": "Phone",
    "nameless": "no name",
    "sentence": {
      "one": "{count} person in this segment.",
      "other": "{count} people in this segment."
    },
    "added": {
      "one": "{count} person was added to {name}.",
      "other": "{count} people were added to {name}."
    },
    "way": {
      "search": "Add people",
      "filter": "Add by filter",
      "merge": "Merge other segments",
      "subtract": "Remove people in others"
    },
    "no_people": {
      "title": "No people in this segment yet",
      "text": "Add people one by one, by a filter, from other segments, or import a file."
    },
    "empty": {
      "title": "No segments yet",
      "text": "A segment is the group of people who get a campaign. An import creates one; here you build others."
    },
    "search": {
      "label": "Name or phone",
      "were": "Was already in {name}.",
      "nothing": "No contact has this name or phone.",
      "no_contacts": "There are no contacts yet. Import a file first.",
      "add": "Add",
      "added": "Added",
      "all": {
        "one": "Add the {count} found",
        "other": "Add the {count} found"
      }
    },
    "drop": {
      "action": "Remove",
      "done": "{name} was removed from the segment."
    },
    "delete": {
      "action": "Delete the segment",
      "title": "Delete the segment {name}?",
      "text": "Only the group is deleted; the people stay in your contacts.",
      "confirm": "Delete {name}",
      "done": "The segment {name} was deleted."
    },
    "others": {
      "nothing": "There is no other segment.",
      "merge": "The people of the chosen segments join this one; the others do not change.",
      "subtract": "The people of the chosen segments leave this one; the others do not change.",
      "merge_action": "Merge",
      "subtract_action": "Remove from the segment",
      "merge_done": {
        "one": "{count} person was added to {name}.",
        "other": "{count} people were added to {name}."
      },
      "subtract_done": {
        "one": "{count} person was removed from {name}.",
        "other": "{count} people were removed from {name}."
      },
      "sure": "Remove people from {name}?",
      "sure_text": "People in these segments leave this one: {names}."
    },
    "filter": {
      "join": "Who is included",
      "all": "All conditions match",
      "any": "At least one matches",
      "none": "None matches",
      "add": "One more condition",
      "add_group": "Group of conditions",
      "group": "Group of conditions",
      "remove": "Remove the condition",
      "field": "Field",
      "op": "Comparison",
      "value": "Value",
      "attributes": "Attributes",
      "list": "Separate with commas",
      "incomplete": "Complete the conditions to see how many people match.",
      "count": {
        "one": "{count} person matches now.",
        "other": "{count} people match now."
      },
      "such_as": "For example: {names}.",
      "action": {
        "one": "Add {count} person",
        "other": "Add {count} people"
      },
      "action_none": "Add"
    },
    "field": {
      "name": "Name",
      "phone": "Phone",
      "last_contacted": "Last message",
      "consent_basis": "Legal basis",
      "consent_source": "Source of the consent",
      "consent_at": "Date of the consent"
    },
    "op": {
      "contains": "contains",
      "eq": "equals",
      "ne": "is not",
      "in": "is one of",
      "prefix": "begins with",
      "filled": "has a value",
      "empty": "is empty",
      "older_than_days": "more than (days) ago",
      "before": "before",
      "after": "after",
      "gte": "is at least",
      "lte": "is at most",
      "gt": "is more than",
      "lt": "is less than"
    }
  },
  "settings": {
    "title": "Settings",
    "appearance": "Appearance",
    "language": {
      "title": "Language",
      "pt-BR": "Português",
      "en": "English"
    },
    "theme": {
      "title": "Theme",
      "system": "System",
      "light": "Light",
      "dark": "Dark"
    },
    "account": "Account",
    "name": "Name",
    "email": "Email",
    "role": "Access",
    "admin": "Administrator",
    "user": "Campaigns",
    "zone": "Time zone",
    "api": "API address",
    "sign_out": "Sign out"
  },
  "shell": {
    "pages": "Pages",
    "skip": "Skip to the content",
    "pace": "limit {pace}/min",
    "offline": "No answer from the network. What you see may be out of date; we keep trying.",
    "notice": "This system uses Evolution API to send WhatsApp messages.",
    "not_found": "Not found",
    "not_found_text": "There is nothing at this address, or it belongs to another account."
  },
  "signin": {
    "title": "WhatsApp campaigns from your own number",
    "text": "Sign in with your company's account to see what is going out, who received it and what comes next.",
    "expired": "Your session has ended. Sign in again to return to this same page.",
    "failed": "The account server did not complete the sign-in. Try again; if it keeps happening, tell the person who runs Hidra.",
    "action": "Sign in"
  },
  "status": {
    "campaign": {
      "draft": "draft",
      "scheduled": "scheduled",
      "running": "sending",
      "blocked": "on hold",
      "paused": "paused",
      "completed": "completed",
      "failed": "failed",
      "canceled": "canceled"
    },
    "recipient": {
      "pending": "waiting",
      "sending": "sending",
      "unknown": "in doubt",
      "sent": "sent, not confirmed",
      "delivered": "delivered",
      "read": "read",
      "failed": "failed",
      "skipped": "skipped"
    },
    "job": {
      "waiting": "waiting",
      "running": "running",
      "completed": "completed",
      "failed": "failed",
      "canceled": "canceled"
    },
    "connection": {
      "connected": "connected",
      "connecting": "connecting",
      "disconnected": "disconnected",
      "error": "has a problem",
      "none": "no number"
    }
  },
  "story": {
    "claimed_at": "Sending started",
    "sent_at": "Sent",
    "acked_at": "Accepted by WhatsApp",
    "delivered_at": "Delivered to the phone",
    "read_at": "Read",
    "replied_at": "Replied",
    "failed_at": "Failed",
    "reported": "Technical detail:",
    "unknown": "It is not known whether the message went out. Hidra asks the server, and does not send it again while there is doubt.",
    "waiting": "Waiting for its turn. Nothing has gone out yet.",
    "nothing": "Nothing was sent to this person.",
    "attempts": {
      "one": "{count} attempt.",
      "other": "{count} attempts."
    },
    "id": "On WhatsApp:"
  },
  "table": {
    "first": "First page",
    "next": "Next page",
    "pages": "Pages of the list"
  },
  "templates": {
    "title": "Templates",
    "single": "Template",
    "new": "New template",
    "name": "Template name",
    "name_hint": "Only for you; people do not see it.",
    "text": "Text",
    "caption": "Caption",
    "media": "Media",
    "no_media": "No media",
    "created": "Created",
    "save": "Save template",
    "saved": "{name} was saved.",
    "use": "Use in a campaign",
    "count": "{used} of {limit} characters.",
    "braces": "Type {{ to insert one of the person's details. *Between asterisks* is bold.",
    "variables": "People's details",
    "audio": "WhatsApp shows no text with audio.",
    "url": "Media address",
    "url_hint": "Public, with https://. The Evolution server downloads the file for each message; here it appears by its name only.",
    "file_name": "File name",
    "file_name_hint": "As people see it, such as Contract.pdf.",
    "warned": {
      "single-braces": "single braces",
      "other-placeholders": "placeholders from another system",
      "text-too-long": "too long"
    },
    "empty": {
      "title": "No templates yet",
      "text": "A template is the text of a campaign, with each person's name and data. You see the message as each of them will."
    },
    "delete": {
      "action": "Delete the template",
      "title": "Delete the template {name}?",
      "text": "Campaigns that have already started keep their text.",
      "confirm": "Delete {name}",
      "done": "The template {name} was deleted."
    }
  },
  "unsaved": {
    "title": "Leave without saving?",
    "text": "What you changed is not saved yet and would be lost: {names}.",
    "leave": "Leave without saving",
    "stay": "Stay here"
  },
  "window": {
    "label": "When messages may go out",
    "any": "At any time",
    "inherited": "Same as the number",
    "hours": "Only at these hours",
    "zone": "{zone}.",
    "range": "Hours {count}",
    "from": "From",
    "to": "Until",
    "add": "Add hours",
    "remove": "Remove hours {count}",
    "wrong": "Each line needs a day, and its start and end cannot be the same."
  },
  "wizard": {
    "title": "New campaign",
    "edit": "Edit campaign",
    "edit_title": "Untitled campaign",
    "continue": "Continue",
    "save": "Save changes",
    "go": "Start the campaign",
    "schedule": "Schedule the campaign",
    "name": "Campaign name",
    "name_hint": "Only you see this name",
    "name_wrong": "Give the campaign a name.",
    "labels": "Labels",
    "labels_hint": "Optional. Type a word and press Enter.",
    "remove_label": "Remove the label {label}",
    "is_scheduled": "This campaign is scheduled: it starts {time}. Changes apply once you save them.",
    "started": "This campaign is no longer in preparation: its text, people and time cannot change.",
    "started_action": "See the campaign",
    "step": {
      "audience": "Who",
      "message": "What",
      "time": "When",
      "check": "Check"
    },
    "question": {
      "audience": "Who gets it, and who is left out.",
      "message": "The message, as one of the people will read it.",
      "time": "When it starts and how fast it goes out.",
      "check": "What will happen, with the current data. Nothing goes out before you confirm.",
      "scheduled": "What will happen, with the current data."
    },
    "people": {
      "one": "{count} person",
      "other": "{count} people"
    },
    "people_at_most": {
      "one": "{count} person in the segment",
      "other": "{count} people in the segment"
    },
    "starts": "starts {time}",
    "starts_now": "starts when you confirm",
    "ends": "ends {time}",
    "ends_late": "ends in more than a year",
    "summary": {
      "title": "Summary of the campaign",
      "nothing": "Choose who gets it.",
      "pace": "campaign pace: up to {pace} a minute"
    },
    "saved": {
      "failed": "Not saved. {reason}",
      "missing": "Not saved yet. Still needed: {names}.",
      "wrong": "A value needs to be corrected before you continue.",
      "not_yet": "Some changes are not saved.",
      "scheduled": "All saved. The campaign stays scheduled.",
      "now": "Saving the draft…",
      "draft": "Draft saved.",
      "done": "The changes are saved."
    },
    "missing": {
      "segment_id": "segment",
      "template_id": "template",
      "name": "name"
    },
    "audience": {
      "segment": "Segment",
      "empty": "No segments yet",
      "empty_text": "A segment is a group of your contacts. Each import creates one.",
      "import": "Bring in contacts",
      "exclude": "Leave out people in other segments",
      "excluded": {
        "one": "People in {count} other segment are left out",
        "other": "People in {count} other segments are left out"
      },
      "exclude_label": "People in these segments do not get it",
      "recent": "Do not write to people who got a campaign recently",
      "absent": "Do not write to numbers that were not on WhatsApp",
      "days": "How many days back",
      "days_wrong": "A number of days between {least} and 365.",
      "opted_out": "People who opted out never get it."
    },
    "message": {
      "template": "Template",
      "reads": "How the message arrives",
      "edit": "Open this template",
      "empty": "No templates yet",
      "empty_text": "A template is the text of the message, with each person's name and other data.",
      "create": "Create a template"
    },
    "time": {
      "start": "Start",
      "now": "When I confirm",
      "later": "On a day and time I choose",
      "at": "Starts at",
      "zone": "{zone}, the one of this device.",
      "at_wrong": "Choose a time in the future.",
      "until": "Do not start after",
      "until_hint": "Optional: if it cannot start by then, it fails instead of going out late.",
      "until_wrong": "This limit has to be after the start.",
      "pace": "Messages a minute",
      "pace_hint": "With a number connected by QR code, 20 or fewer is safer.",
      "slower": "The number sends at most {pace} a minute, and that limit applies.",
      "pace_wrong": "A number between 1 and 6,000.",
      "takes": {
        "one": "Sending to {count} person takes {duration}.",
        "other": "Sending to {count} people takes {duration}."
      },
      "days": "The days of sending"
    },
    "check": {
      "unsaved": "These numbers are from before your changes. Save to see what changes.",
      "no_people": "The segment has no people.",
      "all": {
        "one": "{count} person gets it.",
        "other": "All {count} people get it."
      },
      "some": {
        "one": "{count} of {recipients} people gets it.",
        "other": "{count} of {recipients} people get it."
      },
      "through": "The message goes through the number {name}.",
      "begins": "It starts {time}",
      "begins_now": "It starts when you confirm",
      "ends": "and ends around {time}, {duration} later.",
      "ends_late": "and takes more than a year.",
      "receive": {
        "one": "{count} gets it",
        "other": "{count} get it"
      },
      "left_out": {
        "one": "{count} does not",
        "other": "{count} do not"
      },
      "will_not": "Who does not get it, and why",
      "lacks": "no value for: {names}",
      "more": {
        "one": "and {count} more",
        "other": "and {count} more"
      },
      "connect": "Open connection",
      "change_time": "Change the pace",
      "change_audience": "Change the audience",
      "change_message": "Change the message"
    },
    "test": {
      "title": "Test on your own number",
      "text": "With the data of {name}. The test is not counted.",
      "raw": "The test is not counted.",
      "phone": "Phone",
      "phone_wrong": "Check the area code and the number.",
      "send": "Send a test",
      "sending": "Sending…",
      "sent": "The test went out. Check the phone.",
      "refused": "The server refused the test:",
      "not_sent": "The test did not go out. Try again in a minute.",
      "unknown": "It is not known whether the test went out. Check the phone before you try again."
    },
    "start": {
      "title_now": "Start {name}?",
      "title_later": "Schedule {name}?",
      "reaches": {
        "one": "{count} person gets it, through the number {name}.",
        "other": "{count} people get it, through the number {name}."
      },
      "not_connected": "The number is not connected: nothing goes out until it is.",
      "reads": "{name} will receive this:",
      "now": "Start",
      "schedule": "Schedule",
      "started": "The campaign starts in a few seconds.",
      "scheduled": "Scheduled: it starts {time}."
    }
  }
};
