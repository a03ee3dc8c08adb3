import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipelines.serving import page


@pytest.fixture(scope="module")
def client():
    app = FastAPI(openapi_url=None)
    app.include_router(page.routes())
    return TestClient(app)


def test_the_page_is_answered_as_html(client):
    answer = client.get("/")
    assert answer.content == (page.STATIC / "page.html").read_bytes()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("name", [*page.PARTS, page.LOGIN_STYLE])
def test_each_part_is_answered_with_its_kind(client, name):
    answer = client.get(f"/static/{name}")
    assert answer.content == (page.STATIC / name).read_bytes()
    assert answer.headers["content-type"].startswith(("text/css", "text/javascript"))
    assert answer.headers["cache-control"] == "no-cache"


def test_every_file_of_the_folder_is_served_and_no_other():
    names = {path.name for path in page.STATIC.iterdir()}
    assert names == {page.PAGE, page.LOGIN_STYLE, *page.PARTS}


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/page.html",
        "/static/../page.py",
        "/static/%2e%2e/page.py",
        "/static/..%2fpage.py",
        "/static//etc/passwd",
        "/static/page.js/",
        "/etc/passwd",
    ],
)
def test_any_other_path_is_not_found(client, path):
    assert client.get(path, follow_redirects=False).status_code in (307, 404)
    assert client.get(path).status_code == 404 or path.endswith("page.js/")


def test_the_page_holds_no_script_and_no_style_of_its_own():
    text = (page.STATIC / page.PAGE).read_text()
    assert not re.search(r"<style|\bstyle=|\bon\w+=|<script(?![^>]*src=)", text)


def test_no_script_makes_markup_of_text():
    for path in page.STATIC.glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write", path.read_text()
        )


@pytest.mark.parametrize("path", sorted(page.STATIC.iterdir()), ids=lambda path: path.name)
def test_no_file_of_the_page_passes_250_lines(path):
    assert len(path.read_text().splitlines()) <= 250


def test_no_file_of_the_page_names_another_server():
    for path in page.STATIC.iterdir():
        assert "://" not in path.read_text().replace("http://www.w3.org/", "")
