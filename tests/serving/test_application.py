import json
import shlex
import shutil
import subprocess
import sys

import httpx
import pytest

from datasets.options import PROJECT
from tests import documents
from tests.serving import pictures

pytestmark = pytest.mark.slow


def test_rest_and_page_stand_side_by_side(live):
    assert "/static/page.js" in httpx.get(live.url).text
    assert httpx.get(f"{live.url}/api/v1/labels").json()["classifier"] == "logistic"
    assert httpx.get(f"{live.url}/report").text == "<h1>verdict</h1>"
    assert httpx.post(f"{live.url}/api/v1/labels").status_code == 405
    assert httpx.get(f"{live.url}/api/v1/nothing").status_code == 404


def test_a_request_that_is_too_large_is_told_so_even_by_the_page(live):
    for path in ("/api/v1/findings", "/"):
        answer = httpx.post(live.url + path, files={"films": ("film.png", bytes(5_000_000))})
        assert answer.status_code == 413


def test_nothing_is_described_or_loaded_from_elsewhere(live):
    for path in ("/docs", "/redoc", "/api/docs"):
        assert "cdn" not in httpx.get(live.url + path).text


def test_an_image_on_the_page_gives_the_same_as_by_rest(live):
    data = pictures.png(3)
    answer = httpx.post(f"{live.url}/api/v1/findings", files={"films": ("film.png", data)})
    (image,) = pictures.found(live.service, [pictures.Upload("film.png", data)])
    for one, other in zip(answer.json()["films"][0]["findings"], image.findings, strict=True):
        assert one["probability"] == pytest.approx(other.probability, abs=1e-6)


@pytest.fixture
def documented(live, tmp_path, monkeypatch):
    """What docs/serving.md says in a language, with this server's address, and files to send."""
    (tmp_path / "IMAGE.png").write_bytes(pictures.png())
    (tmp_path / "IMAGE.dcm").write_bytes(b"damaged")
    monkeypatch.chdir(tmp_path)
    page = PROJECT / "docs" / "serving.md"
    return lambda language: [
        block.replace("http://127.0.0.1:7860", live.url)
        for block in documents.blocks(page, language)
    ]


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_sends_images_as_documented(documented):
    (line,) = [block for block in documented("") if block.startswith("curl ")]
    program, *words = shlex.split(line)
    told = subprocess.run([program, "-s", *words], capture_output=True, check=True).stdout
    assert [image["status"] for image in json.loads(told)["films"]] == [200, 422]


def test_python_sends_images_as_documented(documented, capsys):
    (code,) = documented("python")
    exec(compile(code, "serving.md", "exec"), {})
    good, other, bad = capsys.readouterr().out.splitlines()
    assert good.startswith("IMAGE.png sick ")
    assert other.startswith("IMAGE.png well ")
    assert bad.startswith("IMAGE.dcm 422 IMAGE.dcm cannot be read")


def test_the_rest_interface_keeps_what_its_description_promises(live, tmp_path):
    pytest.importorskip("schemathesis")
    program = shutil.which("schemathesis", path=f"{sys.prefix}/bin") or "schemathesis"
    # No description can say which bytes are a film, so those that fit it are refused at times.
    options = ["--exclude-checks", "positive_data_acceptance", "--max-examples", "10"]
    options += ["--seed", "1", "--generation-database", "none", "--no-color"]
    done = subprocess.run(
        [program, "run", f"{live.url}/openapi.json", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
