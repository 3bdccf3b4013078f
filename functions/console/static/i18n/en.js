export default {
  "common": {
    "cancel": "Cancel",
    "close": "Close",
    "loading": "Loading",
    "more": "More",
    "retry": "Try again",
    "save": "Save",
    "undo": "Undo"
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
  "form": {
    "wrong": "This value was not accepted. The API's answer: {message}"
  },
  "table": {
    "first": "First page",
    "next": "Next page",
    "pages": "Pages of the list"
  },
  "dialog": {
    "type": "To confirm, type: {name}"
  },
  "problem": {
    "network": "The network did not answer. Check your internet connection; nothing that you typed is lost."
  },
  "signin": {
    "title": "WhatsApp campaigns from your own number",
    "text": "Sign in with your company's account to see what is going out, who received it and what comes next.",
    "expired": "Your session has ended. Sign in again to return to this same page.",
    "failed": "The account server did not complete the sign-in. Try again; if it goes on like this, tell the person who runs Hidra.",
    "action": "Sign in"
  },
  "shell": {
    "pages": "Pages",
    "skip": "Skip to the content",
    "pace": "{pace}/min",
    "offline": "No answer from the network. What you see may be out of date; we keep trying.",
    "notice": "This system uses Evolution API to send WhatsApp messages.",
    "not_found": "Not found",
    "not_found_text": "There is nothing at this address, or it belongs to another account."
  },
  "status": {
    "campaign": {
      "draft": "draft",
      "scheduled": "scheduled",
      "running": "sending",
      "blocked": "waiting",
      "paused": "paused",
      "completed": "completed",
      "failed": "failed",
      "canceled": "canceled"
    },
    "recipient": {
      "pending": "waiting",
      "sending": "sending",
      "unknown": "in doubt",
      "sent": "sent",
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
        "one": "{count} campaign is sending: {delivered} of {total} people have received it.",
        "other": "{count} campaigns are sending: {delivered} of {total} people have received them."
      },
      "held": {
        "one": "{count} campaign is waiting: {delivered} of {total} people have received it. Nothing is going out now.",
        "other": "{count} campaigns are waiting: {delivered} of {total} people have received them. Nothing is going out now."
      },
      "scheduled": "Nothing is going out now. Next is {name}, {time}.",
      "quiet": "Nothing is going out now, and nothing is scheduled.",
      "fresh": "Four steps lead from here to the first campaign. Nothing is sent before you say so."
    },
    "progress": "{delivered} of {total} delivered.",
    "expected": "Ends around {time}, at {pace} a minute.",
    "sums": "{delivered} of {total} messages delivered, in all campaigns.",
    "paused": {
      "one": "Paused: {count} person still waits. Nothing goes out until you resume it.",
      "other": "Paused: {count} people still wait. Nothing goes out until you resume it."
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
        "one": "{count} waiting",
        "other": "{count} waiting"
      }
    },
    "count": {
      "running": {
        "one": "sending",
        "other": "sending"
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
      "none": "No number is linked. The campaigns wait, and continue by themselves once you connect one.",
      "disconnected": "WhatsApp has disconnected your number. The campaigns wait, and continue by themselves once you link the phone again.",
      "connecting": "Your number waits for its QR code to be scanned. The campaigns continue by themselves after that.",
      "error": "Your number cannot send at the moment. The campaigns wait, and continue by themselves once the problem is gone."
    },
    "steps": {
      "title": "First steps",
      "done": "done",
      "connect": {
        "title": "Connect your number",
        "text": "Have the phone beside you: you will scan a QR code. It takes two minutes.",
        "action": "Connect number"
      },
      "import": {
        "title": "Bring in your contacts",
        "text": "From a spreadsheet, with name and phone. You see how each row will be read before it is imported.",
        "action": "Import contacts"
      },
      "template": {
        "title": "Write the message",
        "text": "A template with each person's name, which you see as they will.",
        "action": "Create template"
      },
      "campaign": {
        "title": "Send the campaign",
        "text": "Before it starts, it says how many people receive it, when it begins and when it ends.",
        "action": "Create campaign"
      }
    }
  },
  "bubble": {
    "audio": "Audio",
    "document": "Document",
    "image": "Image",
    "video": "Video"
  },
  "campaigns": {
    "title": "Campaigns",
    "new": "New campaign",
    "name": "Name",
    "state": "State",
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
    "empty_text": "A campaign takes a message to the people of a segment. Nothing goes out before you check and confirm.",
    "no_match": "No campaign with these filters",
    "no_match_text": "The search finds the beginning of each word of a name; a label has to be exact.",
    "show_all": "Show all",
    "edit": "Edit",
    "pause": "Pause",
    "resume": "Resume",
    "duplicate": "Duplicate",
    "cancel": "Cancel campaign",
    "delete": "Delete draft",
    "unschedule": "Take off the schedule",
    "paused": "{name} is paused: nothing more goes out since {time}.",
    "resumed": "{name} continues.",
    "canceled": "{name} was canceled.",
    "deleted": "The draft {name} was deleted.",
    "unscheduled": "{name} is a draft again and does not start by itself.",
    "duplicated": "The draft {name} was made.",
    "copy_name": "{name} (copy)",
    "resume_title": "Resume {name}?",
    "resume_text": {
      "one": "{count} person still waits for the message. Sending continues within seconds.",
      "other": "{count} people still wait for the message. Sending continues within seconds."
    },
    "keep": "Back",
    "cancel_title": "Cancel {name}?",
    "cancel_scheduled": "It does not start. This cannot be undone; a copy can be sent later.",
    "cancel_text": {
      "one": "{count} person that still waits does not get the message. What has gone out stays. This cannot be undone.",
      "other": "{count} people that still wait do not get the message. What has gone out stays. This cannot be undone."
    },
    "delete_title": "Delete the draft {name}?",
    "delete_text": "Its segment and its template stay. The draft does not come back."
  },
  "connection": {
    "title": "Connection",
    "check": "Test now",
    "checking": "Testing…",
    "checked": {
      "connected": "Tested now: the number is connected.",
      "connecting": "Tested now: the QR code has to be scanned.",
      "disconnected": "Tested now: the number is disconnected.",
      "error": "Tested now: the number cannot send."
    },
    "edit": "Change the connection",
    "linked": "Connected. The number can send now.",
    "since": "Connected since",
    "reported": "Detail reported by the server:",
    "never": "not yet",
    "facts": "In numbers",
    "pace": "Pace",
    "pace_value": {
      "one": "up to {count} message a minute",
      "other": "up to {count} messages a minute"
    },
    "concurrent": "At once",
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
      "title": "Kind of link",
      "baileys": "WhatsApp Web (QR code)",
      "cloud_api": "Meta's official API"
    },
    "state": {
      "connected": "{name} is connected and can send.",
      "connecting": "{name} waits for its QR code to be scanned.",
      "disconnected": "{name} is disconnected. The campaigns wait, and continue by themselves once you link the phone again.",
      "error": "{name} cannot send at the moment. The test repeats by itself, and the campaigns wait."
    },
    "needs": {
      "lead": "Link the number that sends your campaigns. Have three things at hand:",
      "server": {
        "title": "The address of the Evolution server",
        "text": "The person who runs Evolution API in your company knows it: it begins with https:// and is the same for all."
      },
      "key": {
        "title": "The instance's name and its key",
        "text": "An instance is one number. The key is stored encrypted and never shown again."
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
      "base_url_hint": "As in the browser, with nothing behind the server's name.",
      "instance_name": "Instance name",
      "instance_hint": "Exactly as in Evolution, in capitals and small letters.",
      "api_key": "API key",
      "api_key_hint": "The instance's, or the server's.",
      "api_key_keep": "Leave it empty to keep the present key. Another server needs the key again.",
      "pace": "Messages a minute",
      "pace_hint": "With a new number, 20 or fewer.",
      "concurrent": "Requests at once",
      "concurrent_hint": "If in doubt, 1.",
      "save": "Save and test",
      "saving": "Saving and testing…"
    },
    "qr": {
      "title": "Link the phone",
      "alt": "QR code to scan with WhatsApp",
      "step": {
        "1": "Open WhatsApp on this number's phone.",
        "2": "Tap More options or Settings, then Linked devices and Link a device.",
        "3": "Point the camera at this code."
      },
      "pairing": "Or type this code on the phone:",
      "renews": "The code renews itself in {seconds} s.",
      "waiting": "This page says so as soon as the number is connected."
    },
    "backfill": {
      "action": "Look up lost confirmations",
      "started": "The lookup has begun: WhatsApp is asked about the messages of the last 24 hours.",
      "text": {
        "one": "Looking up lost confirmations: {checked} of {count} message checked, {updated} with news.",
        "other": "Looking up lost confirmations: {checked} of {count} messages checked, {updated} with news."
      }
    },
    "delete": {
      "action": "Delete the connection",
      "title": "Delete the connection {name}?",
      "text": "Server, instance and key are deleted. Running campaigns wait, and continue with the next connection that you save. WhatsApp on the phone does not change.",
      "confirm": "Delete {name}",
      "done": "The connection {name} is deleted."
    },
    "advice": {
      "title": "How not to be banned",
      "1": "Write only to people who asked for it: those who do not expect the message report it.",
      "2": "Begin slowly with a new number, and raise the pace a little each day.",
      "3": "Say who you are in the first line, and how to stop in the last.",
      "4": "Call each person by name: a thousand equal texts look like spam.",
      "5": "Answer those who answer: conversations count for more than messages."
    }
  },
  "days": {
    "day": "{day}: {hours}",
    "span": "from {from} to {to} h",
    "nothing": "nothing goes out",
    "more": {
      "one": "and {count} more day",
      "other": "and {count} more days"
    },
    "zone": "Hours of {zone}"
  },
  "picker": {
    "search": "Search in {label}",
    "placeholder": "Search",
    "nothing": "Nothing of this name.",
    "more": {
      "one": "{count} more: search by name.",
      "other": "{count} more: search by name."
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
    "email": "E-mail",
    "role": "Access",
    "admin": "Administrator",
    "user": "Campaigns",
    "zone": "Time zone",
    "api": "API address",
    "sign_out": "Sign out"
  },
  "window": {
    "label": "Hours in which it may send",
    "any": "At any hour",
    "inherited": "As the number does",
    "hours": "Only in these hours",
    "zone": "Hours of {zone}.",
    "range": "Hours {count}",
    "from": "From",
    "to": "Until",
    "add": "Add hours",
    "remove": "Remove hours {count}",
    "wrong": "Each line needs a day, and its beginning and end cannot be the same."
  },
  "wizard": {
    "title": "New campaign",
    "edit": "Edit campaign",
    "edit_title": "Campaign without a name",
    "continue": "Continue",
    "save": "Save changes",
    "go": "Start the campaign",
    "schedule": "Schedule the campaign",
    "name": "Name of the campaign",
    "name_hint": "Only you see this name",
    "name_wrong": "Give the campaign a name.",
    "labels": "Labels",
    "labels_hint": "Optional; Enter adds one.",
    "remove_label": "Remove the label {label}",
    "is_scheduled": "This campaign is scheduled: it starts {time}. Changes count once you save them.",
    "started": "This campaign is no longer in preparation: its text, people and time do not change.",
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
      "time": "When it starts and how fast it goes.",
      "check": "What will happen, with the data of now. Nothing goes out before you confirm.",
      "scheduled": "What will happen, with the data of now."
    },
    "people": {
      "one": "{count} person",
      "other": "{count} people"
    },
    "people_at_most": {
      "one": "at most {count} person",
      "other": "at most {count} people"
    },
    "starts": "starts {time}",
    "starts_now": "starts when you confirm",
    "ends": "ends {time}",
    "ends_late": "ends in more than 60 days",
    "summary": {
      "title": "Summary of the campaign",
      "nothing": "Choose who gets it.",
      "pace": "up to {pace} a minute"
    },
    "saved": {
      "failed": "Not saved. {reason}",
      "missing": "Not saved yet: {names} missing.",
      "wrong": "A value has to be corrected before you go on.",
      "not_yet": "Some changes are not saved.",
      "scheduled": "All saved. The campaign stays scheduled.",
      "now": "Saving the draft…",
      "draft": "Draft saved.",
      "done": "The changes are saved."
    },
    "missing": {
      "segment_id": "the segment is",
      "template_id": "the template is",
      "name": "the name is"
    },
    "audience": {
      "segment": "Segment",
      "empty": "No segments yet",
      "empty_text": "A segment is a group of your contacts. Each import makes one.",
      "import": "Bring in contacts",
      "exclude": "Leave out people of other segments",
      "excluded": {
        "one": "People of {count} other segment are left out",
        "other": "People of {count} other segments are left out"
      },
      "exclude_label": "People in these segments do not get it",
      "recent": "Do not write to people that got a campaign lately",
      "absent": "Do not write to numbers that were not on WhatsApp",
      "days": "How many days back",
      "days_wrong": "A number of days between {least} and 365.",
      "opted_out": "People that opted out never get it."
    },
    "message": {
      "template": "Template",
      "reads": "How it arrives",
      "edit": "Open this template",
      "empty": "No templates yet",
      "empty_text": "A template is the text of the message, with each person's name and other data.",
      "create": "Create a template"
    },
    "sample": {
      "raw": "The text without a person's values",
      "missing": "{name} lacks: {names}. Without it the message does not go to this person.",
      "previous": "Previous person",
      "next": "Next person",
      "of": "to {name}"
    },
    "time": {
      "start": "Start",
      "now": "When I confirm",
      "later": "At a day and time",
      "at": "Starts at",
      "zone": "Local time: {zone}.",
      "at_wrong": "Choose a time in the future.",
      "until": "Do not start after",
      "until_hint": "Optional: if it cannot start by then, it fails instead of going out late.",
      "until_wrong": "This limit has to be after the start.",
      "pace": "Messages a minute",
      "pace_hint": "With a number linked by QR code, 20 or fewer are safer.",
      "slower": "The number sends up to {pace} a minute: that limit holds.",
      "pace_wrong": "A number between 1 and 6,000.",
      "takes": {
        "one": "{count} person takes {duration}.",
        "other": "{count} people take {duration}."
      },
      "days": "The days of sending"
    },
    "check": {
      "unsaved": "These numbers are of before your changes. Save to check what they change.",
      "nobody": "The segment has no people.",
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
      "ends": "and ends about {time}, with {duration} of sending.",
      "ends_late": "and takes more than 60 days.",
      "receive": {
        "one": "{count} gets it",
        "other": "{count} get it"
      },
      "left_out": {
        "one": "{count} does not",
        "other": "{count} do not"
      },
      "will_not": "Who does not get it, and why",
      "lacks": "lacks {names}",
      "more": {
        "one": "and {count} more",
        "other": "and {count} more"
      },
      "connect": "Open connection",
      "change_time": "Change the pace",
      "change_audience": "Change the people",
      "change_message": "Change the message"
    },
    "test": {
      "title": "Test on your own number",
      "text": "With the data of {name}. The test is in no count.",
      "raw": "The test is in no count.",
      "phone": "Phone",
      "phone_wrong": "Check the area code and the number.",
      "send": "Send a test",
      "sending": "Sending…",
      "sent": "The test went out. Look at the phone.",
      "refused": "The server refused the test:",
      "not_sent": "The test did not go out. Try again in a minute.",
      "unknown": "It is not known whether the test went out. Look at the phone before you try again."
    },
    "start": {
      "title_now": "Start {name}?",
      "title_later": "Schedule {name}?",
      "reaches": {
        "one": "{count} person gets it, through the number {name}.",
        "other": "{count} people get it, through the number {name}."
      },
      "not_connected": "The number is not connected: nothing goes out until it is.",
      "reads": "How it arrives at {name}:",
      "now": "Start",
      "schedule": "Schedule",
      "started": "The campaign starts in a few seconds.",
      "scheduled": "Scheduled: it starts {time}."
    }
  },
  "blocked": {
    "similar": "{{{name}}} does not exist in the contacts; it may be {{{similar}}}."
  },
  "codes": {
    "unknown": {
      "problem": "The request was not accepted ({code}). Try again; if it goes on like this, tell the person who runs Hidra.",
      "blocked": "Waiting ({code}).",
      "error": "It was not sent ({code}).",
      "preflight": "Note before the start ({code}).",
      "reject": "The row could not be imported ({code}).",
      "import": "The import did not finish ({code}).",
      "connection": "A warning about the connection ({code}).",
      "template": "A warning about the template ({code})."
    },
    "problem": {
      "api-key-required": "A first connection, or another server, needs the API key. Nothing was saved; type the key.",
      "base-url": "The server's address is not valid. Nothing was saved; check that it begins with https://.",
      "campaign-starting": "The campaign is being started. Try again in a few seconds.",
      "campaign-status": "This action does not fit the campaign's present status. Nothing has changed; reload to see it.",
      "conflict": "This contradicts other data. Nothing was saved.",
      "connection-busy": "The number's pace is used up. Nothing was sent; try again in a minute.",
      "connection-distrusted": "The number is on probation and sends one message in five minutes until WhatsApp confirms. Nothing was sent; try again in five minutes.",
      "connection-not-usable": "The number is not connected. Nothing was sent; see the page Connection.",
      "empty-search": "The search has no letter and no digit. Search for a name or a phone.",
      "erased-phone": "Some phones belong to people who were erased at their request. Nothing was saved; remove those phones.",
      "evolution-unavailable": "The Evolution server did not answer as expected. Try again in a few minutes.",
      "export-ended": "The export has ended; there is nothing to cancel.",
      "export-not-completed": "The export has not ended; its file is available after that.",
      "export-running": "Another export of this kind is under way. Wait until it ends, or cancel it.",
      "export-without-file": "This export has no file any more. Create another export.",
      "external-id-reused": "This id belongs to a different campaign. Nothing was created.",
      "forbidden": "This account cannot use Hidra. Sign in with another account.",
      "identity-key": "Hidra is deployed with another key for phones. Tell the person who runs the system.",
      "identity-version": "Hidra is being upgraded. Try again in a few minutes.",
      "import-ended": "The import has ended; there is nothing to cancel.",
      "import-not-completed": "The import has not ended; its rejected rows are available after that.",
      "internal": "Hidra failed to process the request. The fault is ours; try again later.",
      "invalid-cursor": "This page of the list does not exist any more. Return to the first page.",
      "invalid-phone": "Some phones are not valid. Nothing was saved; correct those that are marked.",
      "invalid-request": "Some fields were not accepted. Correct those that are marked.",
      "locked": "Another change of the same data is under way. Nothing was saved; try again in a few seconds.",
      "malformed-json": "The request arrived incomplete. Try again.",
      "message-under-way": "A message to this person is being sent. Nothing was erased; try again in a minute.",
      "no-connection": "No number is connected. Connect one first, on the page Connection.",
      "no-file": "An import from WhatsApp itself has no file. Nothing was created.",
      "no-rejects": "The import rejected no row.",
      "not-admin": "Only administrators may see this.",
      "not-found": "Not found: it was deleted, or it belongs to another account.",
      "not-in-group": "This account is not in the group that may use Hidra. Ask for access.",
      "nothing-failed": "There is no failure that can be sent again.",
      "nothing-to-send": "No person would receive this message. Nothing has started; see the reasons in the check.",
      "one-segment": "Choose an existing segment or a new name, not both.",
      "opt-out-words": "The words that opt out and in contradict each other. Correct those that are marked.",
      "opted-out": "This person asked not to receive messages. Nothing was sent.",
      "phone-taken": "Another contact has this phone. Nothing was saved.",
      "request-too-large": "It is too much data for one request. Split it into smaller parts.",
      "segment-empty": "The segment has no contacts. Nothing has started; add contacts first.",
      "segment-in-use": "Campaigns use this segment, so it stays:",
      "segment-too-large": "The segment is too large: a campaign reaches up to {limit} people. Split it.",
      "signed-out": "Your session has ended. Sign in again.",
      "status-*": "The server did not accept the request ({code}). Try again in a few seconds.",
      "template-content": "The template needs a text or media, of the right type. Nothing was saved.",
      "template-in-use": "Campaigns use this template, so it stays:",
      "template-variables": "The variables in the text and in the list are not the same. Nothing was saved.",
      "text-too-long": "With its values the text is too long. Shorten the template.",
      "too-fast": "The Evolution server sends too many events. They are repeated in a few seconds.",
      "too-many-attributes": "A contact holds up to 50 attributes. Nothing was saved; remove some.",
      "too-many-columns": "There are too many attributes for a CSV. Export as JSON Lines.",
      "too-many-events": "The Evolution server sent too many events at once.",
      "too-many-imports": "Ten of your imports wait or run. Wait until one ends, or cancel one.",
      "too-slow": "The request takes too long. Nothing was saved; ask for less at once, or try later.",
      "unauthorized": "The event's signature is not valid.",
      "unavailable": "Hidra cannot answer at this moment. Try again in a few seconds.",
      "unfit": "The database cannot hold a value. Nothing was saved; shorten or correct it.",
      "unknown-campaign": "This campaign does not exist any more. Nothing was created.",
      "unknown-contact": "This contact does not exist any more.",
      "unknown-contacts": "Some of these contacts do not exist any more. No contact was added.",
      "unknown-parameter": "The address has a filter that does not exist. Remove it and try again.",
      "unknown-segment": "This segment does not exist any more. Nothing was saved; choose another.",
      "unknown-template": "This template does not exist any more. Nothing was saved; choose another.",
      "unknown-user": "This account is not registered in Hidra yet. Ask for access.",
      "unresolved-variables": "Some variables have no value. Fill those that are marked.",
      "webhook-too-large": "The event is too large.",
      "wrong-filter": "The filter is not valid. Correct the marked conditions.",
      "wrong-times": "The times are in the past or contradict each other. Nothing has changed; correct them."
    },
    "blocked": {
      "no-connection": "No number is linked. It continues by itself once you connect one.",
      "connection-not-connected": "The number is not linked to WhatsApp. It continues by itself once you link the phone again.",
      "connection-error": "The number cannot send. It continues by itself once a test succeeds; there is one every few minutes.",
      "connection-probed": "The number is on probation: one message goes out every {minutes} minutes until WhatsApp confirms one.",
      "server-slow": "The Evolution server takes longer than {seconds} s to answer: one message goes out every {minutes} minutes until it is faster.",
      "outcomes-in-doubt": "All is sent, but {messages} messages are in doubt. They are looked up until {until} and not sent again.",
      "whatsapp-refuses": "Paused: WhatsApp refused {refused} of the last {answered} messages. Look at the number's phone, then resume.",
      "media-not-fetched": "Paused: the Evolution server cannot fetch the media. Check its address and resume.",
      "segment-empty": "It did not start: the segment has no contacts. Duplicate the campaign after you have added some.",
      "segment-too-large": "It did not start: the segment has more than {limit} people. Split it and duplicate the campaign.",
      "not-after-passed": "It did not start before {not_after}, the limit that you set. Duplicate it with another time.",
      "nothing-to-send": "No message could go to any of the {recipients} people. Reasons:",
      "nothing-failed": "There was no failure that could be sent again."
    },
    "error": {
      "not_on_whatsapp": "the number is not on WhatsApp",
      "unresolved_variable": "the contact lacks a value that the text uses",
      "text_too_long": "with its values the text is too long",
      "provider_failed": "WhatsApp accepted the message and later reported that it was not delivered",
      "outcome_unknown": "it could not be found out within a day whether it was sent; it is not sent again",
      "meta_*": "Meta refused the message ({code})",
      "refused": "the Evolution server refused this message",
      "invalid_request": "the Evolution server did not accept this message",
      "excluded": "is in a segment that the campaign excludes",
      "not_on_whatsapp_before": "an earlier campaign showed that the number is not on WhatsApp",
      "contacted_recently": "received another message a short time ago",
      "opted_out": "asked not to receive messages",
      "erased": "was erased on request",
      "canceled": "you canceled the campaign before",
      "delivered_already": "the first message arrived before its retry"
    },
    "preflight": {
      "campaign-started": "The campaign has started: the numbers are those of people who still wait. Text and audience do not change any more.",
      "campaign-ended": "The campaign has ended: the numbers are those of a retry of the failures, or of a duplicate.",
      "no-connection": "No number is connected: the campaign cannot start. Connect one first.",
      "connection-not-connected": "The number is not connected: nothing is sent until it is.",
      "pace-above-connection": "The campaign asks for a higher pace than the number's; the number's holds.",
      "pace-risks-ban": "At this pace WhatsApp may ban a number that is linked by QR code. A lower pace is safer.",
      "statuses-missing": "No delivery confirmation has arrived over this connection yet: messages arrive, but are not counted as delivered or read.",
      "nothing-failed": "There is no failure that can be sent again.",
      "segment-empty": "The segment has no contacts: the campaign cannot start. Add contacts first.",
      "nothing-to-send": "No person would receive the message: the campaign cannot start. The reasons are below.",
      "segment-too-large": "The segment is too large: the campaign cannot start. Split it.",
      "similar-name": "A variable of the text does not exist in the contacts, but there is one of a similar name.",
      "single-braces": "The text has single braces: only {{this}} is filled as a variable.",
      "other-placeholders": "The text has placeholders of another system, which are sent as they are written.",
      "text-too-long": "With its values the text for some people is too long. Shorten the template or the values."
    },
    "template": {
      "single-braces": "The text has single braces: only {{this}} is filled as a variable.",
      "other-placeholders": "The text has placeholders of another system, which are sent as they are written.",
      "text-too-long": "With these values the text is too long."
    },
    "connection": {
      "integration-corrected": "You saved another kind of link; Hidra uses the one that the server reports.",
      "instance-shared": "Another connection uses this same instance and receives its events: deliveries, replies and opt-outs do not arrive here. Use an instance of your own.",
      "number-shared": "Two instances on the server have this number: confirmations reach only one of them.",
      "statuses-missing": "No delivery confirmation has arrived over this connection yet: messages arrive, but are not counted as delivered or read."
    },
    "reject": {
      "no_phone": "no phone: fill the phone's column",
      "invalid_phone": "invalid phone: check area code and number",
      "digit_missing": "mobile with a digit missing: add the ninth digit",
      "value_too_long": "a value is too long: shorten it",
      "invalid_value": "a value is not text, number, true or false",
      "invalid_consent": "the consent was not understood: check basis and date",
      "too_many_cells": "more cells than columns: check separators and quotes",
      "too_many_columns": "more than 200 columns: remove some",
      "too_many_attributes": "the contact would have more than 50 attributes",
      "unbalanced_quotes": "quotes that open and do not close in the line",
      "malformed": "the line could not be read",
      "nul_character": "the line has a character that is no text",
      "undecodable": "letters that could not be read: save it as UTF-8",
      "line_too_long": "the line has more than 1 MB",
      "erased": "the person was erased at their request and does not come back"
    },
    "import": {
      "internal": "The file took too much time or memory at one place. Split or correct it there.",
      "unreadable_workbook": "The workbook is damaged, protected by a password, or no .xlsx.",
      "too_large": "The workbook is too large. Save it as CSV.",
      "no_header": "The first line does not have the columns' names.",
      "no_phone_column": "No column was recognized as the phone. Choose which it is.",
      "unknown_column": "The mapping names a column that the file does not have.",
      "no_text": "The file has no text.",
      "wrong_format": "The file is of another kind. Send CSV, XLSX or JSON Lines.",
      "too_many_columns": "The file has more than 200 columns.",
      "segment_deleted": "The segment was deleted during the import.",
      "no_file": "The file did not arrive in time. Import it again.",
      "file_replaced": "The file was replaced during the import. Import it again.",
      "no_connection": "The connection was deleted before the end.",
      "not_connected": "The number is not connected. Connect it and import again.",
      "unauthorized": "The Evolution server did not accept the key. Check the connection.",
      "instance_not_found": "The Evolution server does not know the instance. Check the connection.",
      "not_evolution": "No Evolution API answers at the saved address. Check the connection.",
      "license_required": "The Evolution server asks for a licence before it answers.",
      "unusable_connection": "The connection cannot be used. Check it.",
      "timed_out": "The Evolution server took too long. Import again later.",
      "connection_lost": "The link to the Evolution server was lost. Import again.",
      "server_error": "The Evolution server failed. Import again later.",
      "answer_not_understood": "The Evolution server's answer was not understood.",
      "too_many_contacts": "The Evolution server has too many contacts for one import.",
      "no_answer": "The contacts did not arrive within ten minutes. Import again.",
      "unavailable": "The storage did not answer. Import again."
    }
  }
};
