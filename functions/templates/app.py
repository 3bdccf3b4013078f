"""Message templates over HTTP."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Self
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from pydantic import ConfigDict, Field, model_validator

from hidra.domain.content import MediaType
from hidra.domain.template import TemplateWarning, check, placeholders, too_long, warnings
from hidra.entry.fields import LEFT_OUT, FileName, MessageText, Name, VariableName, VariableValue, WebUrl
from hidra.entry.http import Answer, Body, answers, lambda_handler, no_content, resolver
from hidra.entry.paging import NEWEST_FIRST, Cursor, Limit, Page
from hidra.entry.tenant import user_of
from hidra.gateways.aws import read_json_secret
from hidra.services import edit_template
from hidra.services.render_template import DraftText, render_body, render_template
from hidra.settings import DATABASE_SETTINGS, TENANT_SETTINGS, require
from hidra.store import templates
from hidra.store.db import Database
from hidra.store.templates import Template as StoredTemplate

ENV = require(*DATABASE_SETTINGS, *TENANT_SETTINGS, "ALLOW_PRIVATE_ADDRESSES")
ALLOW_PRIVATE = ENV["ALLOW_PRIVATE_ADDRESSES"] == "true"
db = Database(ENV, read_json_secret)
app = resolver()
handler = lambda_handler(app)
me = user_of(app, lambda: db, ENV)

Variables = Annotated[
    list[VariableName],
    Field(
        max_length=100,
        description="Exactly the names between double braces in the body, in any spelling that folds alike.",
    ),
]
Text = Annotated[
    MessageText,
    Field(
        description="Without media 1 to 4,096 characters. With media the caption: 0 to 1,024 characters, none with "
        "audio."
    ),
]
MediaUrl = Annotated[WebUrl | None, Field(description="Where Evolution fetches the media; needs media_type.")]
ShownName = Annotated[FileName | None, Field(description="The name that WhatsApp shows for a document.")]


class TemplateIn(Body):
    title: Name
    body: Text
    variables: Annotated[Variables, Field(default_factory=list)]
    media_url: MediaUrl = None
    media_type: MediaType | None = None
    file_name: ShownName = None


class TemplateChange(Body):
    """An absent field keeps its value; only media_url, media_type and file_name may be null.

    A media_url of null also removes media_type and file_name; a media_type that is not document removes file_name.
    """

    title: Annotated[Name, LEFT_OUT]
    body: Annotated[Text, LEFT_OUT]
    variables: Annotated[Variables, LEFT_OUT]
    media_url: Annotated[MediaUrl, LEFT_OUT]
    media_type: Annotated[MediaType | None, LEFT_OUT]
    file_name: Annotated[ShownName, LEFT_OUT]


@dataclass(frozen=True)
class Template(StoredTemplate):
    """``warnings``: what goes out as it stands and may be meant as a placeholder."""

    warnings: list[TemplateWarning]

    @classmethod
    def of(cls, stored: StoredTemplate) -> Self:
        return cls(**vars(stored), warnings=warnings(stored.body))


class PreviewIn(Body):
    """The values, or a contact to take them from."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    variables: Annotated[dict[VariableName, VariableValue], Field(max_length=100), LEFT_OUT]
    contact_id: Annotated[UUID, LEFT_OUT]

    @model_validator(mode="after")
    def one_source(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("send either variables or contact_id")
        return self


class Preview(Answer):
    """What a recipient would get: a text, or media with the text as its caption.

    ``warnings`` has ``text-too-long`` if the Cloud API would refuse the text.
    """

    text: str
    media_url: str | None
    media_type: MediaType | None
    file_name: str | None
    warnings: list[TemplateWarning]


class DraftPreviewIn(Body):
    """A text that is no template yet, and up to 20 contacts to read it as."""

    body: MessageText
    contact_ids: Annotated[list[UUID], Field(default_factory=list, max_length=20)]


class DraftPreview(Answer):
    """``texts``: one for each contact, in their order. A placeholder without a value stays in the text."""

    variables: Annotated[list[str], Field(description="The names between double braces, as a template lists them.")]
    warnings: list[TemplateWarning]
    texts: list[DraftText]


@app.post(
    "/v1/templates",
    summary="Create a template",
    status_code=HTTPStatus.CREATED,
    responses=answers(rejected=["template-content", "template-variables"]),
)
def create_template(body: TemplateIn) -> Template:
    check(
        body.body,
        body.variables,
        media_url=body.media_url,
        media_type=body.media_type,
        file_name=body.file_name,
        allow_private=ALLOW_PRIVATE,
    )
    return Template.of(db.as_user(me(), lambda tx: templates.create(tx, **body.model_dump())))


@app.get("/v1/templates", summary="List templates, the newest first")
def list_templates(limit: Limit = 50, cursor: Cursor = None) -> Page[Template]:
    after_at, after_id = NEWEST_FIRST.after(cursor)
    rows = db.as_user(me(), lambda tx: templates.page(tx, after_at=after_at, after_id=after_id, limit=limit))
    return NEWEST_FIRST.page_of(rows, limit, Template.of)


@app.get("/v1/templates/<template_id>", summary="Show a template")
def get_template(template_id: UUID) -> Template:
    return Template.of(db.as_user(me(), lambda tx: templates.get(tx, template_id=template_id)))


@app.patch(
    "/v1/templates/<template_id>",
    summary="Change a template; campaigns that have started keep their text",
    responses=answers(rejected=["template-content", "template-variables"]),
)
def change_template(template_id: UUID, body: TemplateChange) -> Template:
    changes = body.model_dump(exclude_unset=True)
    return Template.of(edit_template.change(db, me(), template_id, changes, allow_private=ALLOW_PRIVATE))


@app.delete(
    "/v1/templates/<template_id>",
    summary="Delete a template that no campaign uses",
    responses=answers(204, conflict=["template-in-use"]),
)
def delete_template(template_id: UUID) -> Response[Any]:
    db.as_user(me(), lambda tx: templates.delete(tx, template_id=template_id), templates.IN_USE)
    return no_content()


@app.post(
    "/v1/templates/<template_id>/preview",
    summary="Show what a recipient would get",
    responses=answers(rejected=["unresolved-variables", "unknown-contact", "text-too-long"]),
)
def preview_template(template_id: UUID, body: PreviewIn) -> Preview:
    content = render_template(db, me(), template_id, contact_id=body.contact_id, values=body.variables or {})
    media = content.media
    reason = too_long(content.text, media.type if media else None)
    return Preview(
        text=content.text,
        media_url=media.url if media else None,
        media_type=media.type if media else None,
        file_name=media.file_name if media else None,
        warnings=[TemplateWarning("text-too-long", reason)] if reason else [],
    )


@app.post(
    "/v1/templates/preview",
    summary="Show what recipients would get of a text that is not saved",
    responses=answers(rejected=["unknown-contacts"]),
)
def preview_text(body: DraftPreviewIn) -> DraftPreview:
    return DraftPreview(
        variables=placeholders(body.body),
        warnings=warnings(body.body),
        texts=render_body(db, me(), body.body, body.contact_ids),
    )
