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
  "bubble": {
    "image": "Picture",
    "document": "Document",
    "video": "Video",
    "audio": "Audio"
  },
  "imports": {
    "title": "Imports",
    "single": "Import",
    "name": "Import",
    "state": "State",
    "read": "Rows",
    "created": "New",
    "updated": "Updated",
    "rejected": "Rejected",
    "when": "Begun",
    "ended": "Ended",
    "from": "Source",
    "facts": "Details",
    "yes": "yes",
    "from_file": "From a file",
    "from_whatsapp": "From the linked WhatsApp",
    "see_segment": "See the segment",
    "another": "Import another file",
    "warnings": "What was not read as the file has it",
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
      "starting": "The file has arrived. Reading is about to begin.",
      "running": {
        "one": "{count} row read so far.",
        "other": "{count} rows read so far."
      },
      "remaining": {
        "one": "{count} row read so far; about {left} left.",
        "other": "{count} rows read so far; about {left} left."
      },
      "failed": "The import did not reach the end. What it had imported stays.",
      "canceled": "You canceled the import. What it had imported stays.",
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
      "reason": "Reason, and what to do",
      "count": "Rows",
      "hint": "The file has the line, the reason and the text of each. Correct them and import only them.",
      "download": "Download the rejected rows"
    },
    "cancel": {
      "action": "Cancel the import",
      "title": "Cancel the import “{name}”?",
      "text": "Reading stops at the next batch. Contacts that were imported stay."
    },
    "empty": {
      "title": "No import yet",
      "text": "Bring your contacts from a spreadsheet. You see how each row will be read before you import."
    },
    "drop": {
      "title": "Drop the file here",
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
      "unseen": "The workbook has {size}, too much to show in advance. Columns will be recognized by their names; to check first, save it as CSV.",
      "whatsapp": "Imports the contacts that the Evolution server knows from your number, with the name that each person chose on WhatsApp. Groups and channels are left out.",
      "whatsapp_check": "Evolution also keeps members of groups that you never wrote to, and does not mark them. Check the segment before you send."
    },
    "into": {
      "title": "Segment",
      "new": "New segment",
      "existing": "Existing segment",
      "none": "None",
      "name": "Name of the segment",
      "which": "Which segment",
      "choose": "Choose…"
    },
    "consent": {
      "title": "Why you may write to these people",
      "basis": "Legal basis (LGPD, article 7)",
      "hint": "For the rows that say nothing else in a column of consent. It is kept with each contact.",
      "none": "Do not record now",
      "source": "Where it was given",
      "source_hint": "For example: form on the site, counter of the shop."
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
    "old_numbers_hint": "Brazilian mobiles of eight digits get their ninth digit. Without this they are rejected.",
    "encoding": {
      "title": "Letters of the file",
      "hint": "Change it only if accents look wrong above.",
      "detect": "Recognize by itself",
      "utf-8": "UTF-8",
      "cp1252": "Windows (1252)",
      "cp850": "Old programs, DOS (850)",
      "mac-roman": "Excel on an old Mac",
      "utf-16": "UTF-16"
    },
    "preview": {
      "label": "First rows, as they will be read",
      "as_read": "Read as",
      "line": "Line {line}:",
      "unnamed": "no name, not imported",
      "attribute": "Name of the attribute for the column {name}",
      "tab": "tab",
      "failed": "As it is, the file cannot be imported yet.",
      "begun": "Only the beginning of the file was checked; the import reads all of it.",
      "all": {
        "one": "{count} row checked: it becomes a contact.",
        "other": "{count} rows checked: all become contacts."
      },
      "some": {
        "one": "{count} row checked: {good}, {bad}.",
        "other": "{count} rows checked: {good}, {bad}."
      },
      "good": {
        "one": "{count} becomes a contact",
        "other": "{count} become contacts"
      },
      "bad": {
        "one": "{count} would be rejected",
        "other": "{count} would be rejected"
      },
      "because": "{count} × {reason}",
      "map": "Check what each column becomes. Change what is not right in the menu over it.",
      "written": "Read as {encoding}, with columns separated by “{delimiter}”.",
      "encoded": "Read as {encoding}."
    },
    "role": {
      "phone": "Phone",
      "phone_area_code": "Area code",
      "phone_country_code": "Country's code",
      "name": "Name",
      "consent_basis": "Consent: basis",
      "consent_source": "Consent: source",
      "consent_at": "Consent: date",
      "attribute": "Attribute",
      "none": "Do not import"
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
  "read_as": {
    "label": "As people will read it",
    "nothing": "The message appears here while you write.",
    "who": "As {name} will read it",
    "previous": "Previous person",
    "next": "Next person",
    "nobody": "There are no contacts yet: variables stay as they are written.",
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
    "description_hint": "For yourself, such as where the list came from.",
    "created": "Created",
    "rename": "Change name and description",
    "import": "Import contacts into this segment",
    "use": "Use in a campaign",
    "people": "People of the segment",
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
      "filter": "Add by a filter",
      "merge": "Merge other segments",
      "subtract": "Remove those in others"
    },
    "nobody": {
      "title": "Nobody in this segment yet",
      "text": "Add people one by one, by a filter, from other segments, or import a file."
    },
    "empty": {
      "title": "No segment yet",
      "text": "A segment is the group of people that gets a campaign. An import makes one; here you build others."
    },
    "search": {
      "label": "Name or phone",
      "were": "Was in {name} already.",
      "nothing": "Nobody has this name or phone.",
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
      "join": "Which people",
      "all": "All conditions match",
      "any": "At least one matches",
      "add": "One more condition",
      "remove": "Remove the condition",
      "field": "Field",
      "op": "Comparison",
      "value": "Value",
      "attributes": "Attributes",
      "list": "Separate by comma",
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
    "email": "E-mail",
    "role": "Access",
    "admin": "Administrator",
    "user": "Campaigns",
    "zone": "Time zone",
    "api": "API address",
    "sign_out": "Sign out"
  },
  "templates": {
    "title": "Templates",
    "single": "Template",
    "new": "New template",
    "name": "Name of the template",
    "name_hint": "For yourself; people do not see it.",
    "text": "Text",
    "caption": "Caption",
    "media": "Media",
    "no_media": "No media",
    "created": "Created",
    "save": "Save template",
    "is_saved": "Saved",
    "saved": "{name} was saved.",
    "use": "Use in a campaign",
    "count": "{used} of {limit} characters.",
    "braces": "Type {{ to insert what is known of the person.",
    "variables": "What is known of people",
    "audio": "WhatsApp shows no text with audio.",
    "url": "Address of the media",
    "url_hint": "Public, with https://. The Evolution server fetches the file for each message; here it appears by its name only.",
    "file_name": "Name of the file",
    "file_name_hint": "As people see it, such as Contract.pdf.",
    "warned": {
      "single-braces": "single braces",
      "other-placeholders": "another tool's marks",
      "text-too-long": "too long"
    },
    "empty": {
      "title": "No template yet",
      "text": "A template is the text of a campaign, with each person's name and data. You see it as each of them will."
    },
    "delete": {
      "action": "Delete the template",
      "title": "Delete the template {name}?",
      "text": "Campaigns that have started keep their text.",
      "confirm": "Delete {name}",
      "done": "The template {name} was deleted."
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
      "template": "A warning about the template ({code}).",
      "file": "Notice about the file ({code})."
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
    },
    "file": {
      "lines_above_header": "Lines above the columns' names are not imported.",
      "attributes_not_imported": "A contact holds up to 50 attributes: some columns are left out.",
      "empty_columns_not_imported": "Columns that are empty at the beginning of the file are left out.",
      "repeated_columns": "Several columns have the same name; the further ones get a number.",
      "column_names_shortened": "Names of columns over 64 characters are cut.",
      "encoding_doubtful": "Some letters look wrong. If names look odd, choose another option under “Letters of the file”."
    }
  }
};
