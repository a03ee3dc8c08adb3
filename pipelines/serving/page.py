"""The page: upload films, see findings and where each branch looks, take both home."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI

from errors import HybridError
from evaluation.plain import plain
from pipelines.explain import why_no_camera
from pipelines.serving import page_parts
from pipelines.serving.gate import MEGABYTE
from pipelines.serving.service import Service
from pipelines.serving.session import Session, most_telling
from pipelines.serving.uploads import Upload, harmless_name

STYLE = Path(__file__).with_name("page.css")
# Names of fonts that machines have: gradio's own themes load theirs from elsewhere.
FONTS = ("system-ui", "sans-serif")
TITLE = "Chest X-ray findings"
GONE = "No film yet, or none any more: please upload films."
# As many digits as the table has; a button to reset would bring back another label's threshold.
EXACT: dict[str, Any] = {"step": 0.001, "precision": 3, "buttons": []}
# Seconds between looks for files of uploads that were broken off, and how old they may grow.
SWEEP = (60, 60)
FORGET_AFTER = 900
MOST_WAITING = 32
# Pixels that a phone has for a column.
NARROWEST = 280
DIM = "value => { document.documentElement.style.setProperty('--overlay', value); }"


# Events are the page's own business, not another interface for programs.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "minimal"}
# What is chosen while an answer is on its way is not dropped, but answered after it.
LATEST = QUIET | {"trigger_mode": "always_last"}


class Page:
    """The page of one service; handlers give what changes on it."""

    def __init__(self, service: Service, report: Path | None) -> None:
        self.service, self.bundle, self.report = service, service.bundle, report

    def blocks(self) -> gr.Blocks:
        """The page's parts, and what follows on what."""
        bundle, first = self.bundle, self.bundle.labels[0]
        with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=SWEEP) as page:
            gr.HTML(page_parts.header(bundle.name, bundle.data, self.report))
            session = gr.State(Session(), time_to_live=FORGET_AFTER)
            with gr.Row():
                with gr.Column(scale=2, min_width=NARROWEST):
                    files = gr.File(label="Films: PNG, JPEG or DICOM", file_count="multiple")
                    film = gr.Dropdown([], label="Film")
                    label = gr.Dropdown(list(bundle.labels), value=first, label="Label")
                    cut = self._threshold(Session(), first)
                    threshold = gr.Slider(0, 1, cut, label="Threshold of this label", **EXACT)
                    overlay = gr.Slider(0, 1, 1, step=0.05, label="Strength of overlays")
                with gr.Column(scale=3, min_width=NARROWEST):
                    status, table = gr.HTML(page_parts.told("No film yet.")), gr.HTML()
                    link = gr.HTML()
            looks = gr.HTML()
            asked, shown = [session, film, label], [status, table, link, threshold, looks]
            files.upload(self.take, [files], [files, *asked, *shown], **QUIET)
            gr.on([film.input, label.input], self.show, asked, shown, **LATEST)
            judged = [status, table, link]
            threshold.input(self.judge, [*asked, threshold], judged, **LATEST)
            overlay.change(None, [overlay], None, js=DIM, **QUIET)
        return page.queue(max_size=MOST_WAITING)

    def take(self, paths: Sequence[str] | None) -> list[Any]:
        """What is said of films that were uploaded, whose files are deleted at once."""
        uploads = [_taken(Path(path)) for path in paths or ()]
        try:
            session = Session(uploads, self.service.findings(uploads))
        except HybridError as error:
            label = self.bundle.labels[0]
            choices = [gr.Dropdown([], value=None), gr.update(value=label)]
            return [None, Session(), *choices, *self._nothing(str(error), label)]
        name, label = session.names[0], most_telling(session.found[0].findings)
        choices = [gr.Dropdown(session.names, value=name), gr.update(value=label)]
        return [None, session, *choices, *self._shown(session, name, label)]

    def show(self, session: Session, name: str | None, label: str | None) -> list[Any]:
        """Findings of a film, and where each branch looks for a label."""
        label = label or self.bundle.labels[0]
        if name not in session.names:
            return self._nothing(GONE, label)
        # gradio tells of a choice twice: the second answer would wipe out what came between.
        if session.chosen == (name, label):
            return [gr.skip()] * 5
        return self._shown(session, name, label)

    def _shown(self, session: Session, name: str, label: str) -> list[Any]:
        session.chosen = name, label
        upload = session.uploads[session.names.index(name)]
        looks = sentence = ""
        try:
            explained = self.service.explained(upload, label)
            looks = page_parts.looks(explained, why_no_camera(self.bundle))
            looks += page_parts.panel_link(explained, self.service.panel(explained))
        except HybridError as error:
            # What could not be shown may be chosen again.
            session.chosen, sentence = None, str(error)
        parts = self._parts(session, name, label)
        return [page_parts.told(sentence), *parts, self._threshold(session, label), looks]

    def _nothing(self, sentence: str, label: str) -> list[Any]:
        """What is shown without a film."""
        return [page_parts.told(sentence), "", "", self._threshold(Session(), label), ""]

    def _threshold(self, session: Session, label: str) -> float:
        """The threshold of a label that is chosen now; 0.5 where there is none."""
        known = plain(self.bundle.thresholds[self.bundle.labels.index(label)])
        chosen = session.own.get(label, known)
        return 0.5 if chosen is None else chosen

    def judge(
        self, session: Session, name: str | None, label: str | None, threshold: float
    ) -> list[Any]:
        """Findings by another threshold of a label."""
        if name not in session.names or label is None:
            return [page_parts.told(GONE), "", ""]
        session.own[label] = threshold
        sentence = f"{label} is now called present from {threshold} on, here and in the table."
        return [page_parts.told(sentence), *self._parts(session, name, label)]

    def _parts(self, session: Session, name: str, label: str) -> list[str]:
        prediction = session.prediction(session.names.index(name))
        return [page_parts.table(prediction, label), page_parts.table_link(session.table())]


def mounted(service: Service, report: Path | None) -> FastAPI:
    """The page as an application that takes nothing from any other place."""
    theme = gr.themes.Base(font=FONTS, font_mono=FONTS)
    return gr.mount_gradio_app(
        FastAPI(docs_url=None, redoc_url=None, openapi_url=None),
        Page(service, report).blocks(),
        path="/",
        theme=theme,
        css_paths=STYLE,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        max_file_size=service.options.max_megabytes * MEGABYTE,
    )


def _taken(path: Path) -> Upload:
    """An uploaded file in memory alone."""
    data = path.read_bytes()
    path.unlink()
    return Upload(harmless_name(path.name), data)
