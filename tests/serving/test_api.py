import json
import shlex
import shutil
import subprocess
import sys
from base64 import b64encode
from dataclasses import asdict, replace
from hashlib import sha256

import httpx
import pytest
from starlette.testclient import TestClient

from datasets.options import PROJECT
from models import bundle
from serving import api, page
from serving.metrics import Metrics
from serving.middleware import Gate
from serving.serve_options import Serve
from tests import documents
from tests.serving import pictures

FINDINGS, PANEL, EXPLANATION = "/api/v1/findings", "/api/v1/panel", "/api/v1/explanation"


@pytest.fixture
def client(service, tmp_path):
    return TestClient(api.build(service, Metrics(), tmp_path / "report.html"))


def sent(*uploads, name="films"):
    return [(name, (upload.name, upload.data)) for upload in uploads]


def test_findings_are_those_of_the_service_in_the_order_sent(client, service):
    uploads = [pictures.image(seed, f"{seed}.png") for seed in (2, 1)]
    answer = client.post(FINDINGS, files=sent(*uploads))
    assert answer.status_code == 200
    told = answer.json()["films"]
    for image, expected in zip(told, pictures.found(service, uploads), strict=True):
        assert image["id"] == expected.id
        # The server does not abstain, so that no finding has an answer.
        findings = [asdict(finding) for finding in expected.findings]
        assert [each | {"answer": None} for each in image["findings"]] == findings
    assert "Research use only" in answer.json()["notice"]


def test_one_bad_image_costs_the_others_nothing(client):
    uploads = [
        pictures.image(1, "1.png"),
        pictures.Upload("a/bad.png", b""),
        pictures.image(2, "2.png"),
    ]
    answer = client.post(FINDINGS, files=sent(*uploads))
    assert answer.status_code == 207
    told = answer.json()["films"]
    assert [(image["id"], image["status"]) for image in told] == [
        ("1.png", 200),
        ("bad.png", 422),
        ("2.png", 200),
    ]
    assert told[1]["error"] == "bad.png cannot be read: an empty file."
    assert told[1]["findings"] == []
    good = client.post(FINDINGS, files=sent(uploads[0], uploads[2])).json()["films"]
    assert [told[0], told[2]] == good
    assert [image["error"] for image in good] == [None, None]


@pytest.mark.parametrize(("second", "status"), [(b"", 422), (pictures.huge_png(), 413)])
def test_a_request_without_a_readable_image_is_refused_with_the_reason_for_each(
    client, second, status
):
    bad = [pictures.Upload("1.png", second), pictures.Upload("2.png", second)]
    answer = client.post(FINDINGS, files=sent(*bad))
    assert answer.status_code == status
    assert "none of these 2 is" in answer.json()["detail"]
    told = answer.json()["films"]
    assert [(image["id"], image["status"]) for image in told] == [
        ("1.png", status),
        ("2.png", status),
    ]
    assert all(image["error"].endswith(".") for image in told)


def test_an_unreadable_image_among_too_large_ones_makes_the_status_422(client):
    bad = [pictures.Upload("1.png", pictures.huge_png()), pictures.Upload("2.png", b"")]
    assert client.post(FINDINGS, files=sent(*bad)).status_code == 422


def test_the_description_lists_the_statuses_of_findings(client):
    told = client.get("/openapi.json").json()["paths"][FINDINGS]["post"]["responses"]
    schemas = {
        status: answer["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        for status, answer in told.items()
    }
    assert schemas["200"] == schemas["207"] == "AllFindings"
    assert schemas["413"] == schemas["422"] == "NoFindings"


def test_a_label_without_a_threshold_is_answered_null(client, service, undecided, monkeypatch):
    monkeypatch.setattr(service.predictor, "bundle", bundle.load(undecided))
    told = client.post(FINDINGS, files=sent(pictures.image())).json()["films"][0]["findings"]
    assert [each["present"] is None for each in told] == [True, False]
    query = {"label": "sick", "image": "false"}
    answer = client.post(EXPLANATION, files=sent(pictures.image(), name="film"), params=query)
    assert answer.json()["present"] is None


def test_labels_come_with_their_thresholds(client, service):
    told = client.get("/api/v1/labels").json()
    assert [each["name"] for each in told["labels"]] == list(service.bundle.labels)
    assert [each["threshold"] for each in told["labels"]] == pytest.approx(
        service.bundle.thresholds.tolist()
    )
    assert told["limits"] == {"max_megabytes": 1, "max_megapixels": 1, "max_films": 4}
    assert told["report"] == "Report of the run"


def test_the_label_that_says_nothing_was_found_is_marked(client, service, monkeypatch):
    monkeypatch.setattr(service, "bundle", replace(service.bundle, labels=("No Finding", "sick")))
    told = client.get("/api/v1/labels").json()["labels"]
    assert [each["healthy"] for each in told] == [True, False]


def test_a_panel_is_a_png(client):
    answer = client.post(PANEL, files=sent(pictures.image(), name="film"), params={"label": "sick"})
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_an_explanation_holds_the_image_if_it_is_asked_for(client):
    for wanted in (True, False):
        query = {"label": "sick", "image": str(wanted).lower()}
        told = client.post(
            EXPLANATION, files=sent(pictures.image(), name="film"), params=query
        ).json()
        assert told["label"] == "sick"
        assert {each["kind"] for each in told["maps"]} == {"gradcam", "orb_words"}
        assert bool(told["image"]) == wanted
    assert "Research use only" in told["notice"]


@pytest.mark.parametrize("data", pictures.BAD.values(), ids=pictures.BAD)
def test_a_bad_image_is_the_clients_fault_in_one_sentence(client, data):
    for path, name in ((FINDINGS, "films"), (PANEL, "film"), (EXPLANATION, "film")):
        bad = pictures.Upload("../../bad.png", data)
        answer = client.post(path, files=sent(bad, name=name), params={"label": "sick"})
        assert answer.status_code in (413, 422)
        assert list(answer.json()) == ["detail", "films"][: 1 + (path == FINDINGS)]
        assert "Traceback" not in answer.text
        assert ".." not in answer.text


@pytest.mark.parametrize(
    ("query", "words"),
    [("tta=1", "at least 2"), ("tta=99", "query.tta"), ("tta=many", "query.tta")],
)
def test_a_wrong_parameter_is_named(client, query, words):
    answer = client.post(f"{FINDINGS}?{query}", files=sent(pictures.image()))
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


def test_the_servers_number_of_versions_is_for_requests_without_one(client, service, monkeypatch):
    monkeypatch.setattr(service, "options", replace(service.options, tta=2))
    asked = [
        client.post(f"{FINDINGS}{query}", files=sent(pictures.image())).json()
        for query in ("", "?tta=2", "?tta=0")
    ]
    spreads = [each["films"][0]["findings"][0]["spread"] for each in asked]
    assert spreads[0] == spreads[1] > 0
    assert spreads[2] is None


def test_no_form_and_an_unknown_label_are_refused(client):
    assert client.post(FINDINGS, content=b"film").status_code == 422
    assert client.post(FINDINGS, data={"films": "text"}).status_code == 422
    answer = client.post(PANEL, files=sent(pictures.image(), name="film"), params={"label": "gout"})
    assert answer.json()["detail"] == "The label must be one of sick, well; got 'gout'."


def test_busy_says_when_to_try_again(client, service):
    with service.queue.admitted(service.options.queue):
        answer = client.post(FINDINGS, files=sent(pictures.image()))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert "busy" in answer.json()["detail"]


def test_it_lives_before_it_is_ready(client, service):
    assert client.get("/health/ready").status_code == 200
    service.ready = False
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").status_code == 503


def test_metrics_tell_what_is_inside(client, service):
    with service.queue.admitted(3):
        assert "cxr_films_inside 3" in client.get("/metrics").text


def test_a_card_is_shown_as_a_page(service, tmp_path):
    (tmp_path / "card.md").write_text("# Model card: <cnn>")
    client = TestClient(api.build(service, Metrics(), tmp_path / "card.md"))
    answer = client.get("/report")
    assert "<h1>Model card: &lt;cnn&gt;</h1>" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_the_report_is_there_if_it_lies_there(client, tmp_path):
    assert client.get("/report").status_code == 404
    (tmp_path / "report.html").write_text("<h1>verdict</h1>")
    assert client.get("/report").text == "<h1>verdict</h1>"


def test_nobodys_name_is_told(client):
    upload = pictures.Upload("film.dcm", pictures.dicom(PatientID="P4711"))
    told = client.post(FINDINGS, files=sent(upload)).text + client.get("/metrics").text
    assert not any(tag in told for tag in ("Doe", "P4711", "19500101"))


# What each route accepts: methods, parameters of path and query, files of a form.
ACCEPTED = {
    "/": ("GET", "", ""),
    "/api/v1/labels": ("GET", "", ""),
    "/api/v1/drift": ("GET", "", ""),
    "/api/v1/examples": ("GET", "", ""),
    "/api/v1/examples/{number}": ("GET", "number", ""),
    "/api/v1/findings": ("POST", "tta", "images"),
    "/api/v1/panel": ("POST", "label", "image"),
    "/api/v1/explanation": ("POST", "label with_image", "image"),
    "/health/live": ("GET", "", ""),
    "/health/ready": ("GET", "", ""),
    "/metrics": ("GET", "", ""),
    "/report": ("GET", "", ""),
    "/openapi.json": ("GET HEAD", "", ""),
    # The page's files, each read at start: they take nothing.
    **{f"/static/{name}": ("GET", "", "") for name in (*page.FILES, page.LOGIN_STYLE)},
}
WITHOUT_TOKEN = {"/health/live", "/health/ready", "/static/login.css"}


def all_routes(routes):
    """Every route, those of routers that are included too."""
    for route in routes:
        inside = getattr(route, "original_router", None)
        yield from all_routes(inside.routes) if inside else [route]


def accepted(route):
    takes = getattr(route, "dependant", None)
    if takes is None:
        return " ".join(sorted(route.methods)), "", ""
    names = [each.name for each in (*takes.path_params, *takes.query_params)]
    assert not [*takes.header_params, *takes.cookie_params]
    return (
        " ".join(route.methods),
        " ".join(names),
        " ".join(each.name for each in takes.body_params),
    )


def test_every_route_is_known_with_what_it_accepts(client):
    assert {route.path: accepted(route) for route in all_routes(client.app.routes)} == ACCEPTED


def test_every_route_but_those_named_needs_the_token(client):
    gate = Gate(client.app, Serve(token="0123456789-secret", requests_per_minute=0), Metrics())
    with TestClient(gate) as stranger:
        for path, (methods, _, _) in ACCEPTED.items():
            method, place = methods.split()[0], path.replace("{number}", "1")
            status = stranger.request(method, place).status_code
            assert (status == 401) == (path not in WITHOUT_TOKEN), path


def test_no_route_takes_a_path_or_an_address(client):
    """What opened any file of the server, in every place where a client may write."""
    for told in ("/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/x", "/dev/zero"):
        data = {"path": told, "meta": {"_type": "gradio.FileData"}}
        for path, (methods, names, _) in ACCEPTED.items():
            method, place = methods.split()[0], path.replace("{number}", told)
            query = dict.fromkeys(names.split(), told)
            answer = client.request(method, place, params=query, json={"data": [None, data]})
            assert answer.status_code in (200, 404, 405, 422, 503)
            assert "root:" not in answer.text
            name = "films" if path.endswith("findings") else "film"
            form = {name: told, "url": told}
            if method == "POST":
                assert client.post(path, params=query, data=form).status_code == 422


def test_fields_that_are_no_files_take_little_memory(client):
    for form in ({"films": "x" * 5000}, {f"f{number}": "x" for number in range(30)}):
        files = sent(pictures.image()) + [(name, (None, text)) for name, text in form.items()]
        assert client.post(FINDINGS, files=files).status_code == 400


def test_more_files_than_are_taken_are_refused(client):
    for count in (5, 6, 50):
        answer = client.post(FINDINGS, files=sent(*[pictures.image()] * count))
        assert answer.status_code in (400, 413)


def test_a_report_may_use_its_own_style_and_the_script_of_reports_alone(client, tmp_path):
    (tmp_path / "report.html").write_text("<style>p{}</style><script>1</script>")
    policy = client.get("/report").headers["content-security-policy"]
    assert "style-src 'unsafe-inline'" in policy
    digest = sha256((PROJECT / "reports" / "page.js").read_bytes()).digest()
    assert f"script-src 'sha256-{b64encode(digest).decode()}';" in policy
    assert "default-src 'none'" in policy


@pytest.mark.slow
def test_rest_and_page_stand_side_by_side(live):
    assert "/static/page.js" in httpx.get(live.url).text
    assert httpx.get(f"{live.url}/api/v1/labels").json()["classifier"] == "logistic"
    assert httpx.get(f"{live.url}/report").text == "<h1>verdict</h1>"
    assert httpx.post(f"{live.url}/api/v1/labels").status_code == 405
    assert httpx.get(f"{live.url}/api/v1/nothing").status_code == 404


@pytest.mark.slow
def test_a_request_that_is_too_large_is_told_so_even_by_the_page(live):
    for path in ("/api/v1/findings", "/"):
        answer = httpx.post(live.url + path, files={"films": ("film.png", bytes(5_000_000))})
        assert answer.status_code == 413


@pytest.mark.slow
def test_nothing_is_described_or_loaded_from_elsewhere(live):
    for path in ("/docs", "/redoc", "/api/docs"):
        assert "cdn" not in httpx.get(live.url + path).text


@pytest.mark.slow
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
@pytest.mark.slow
def test_curl_sends_images_as_documented(documented):
    (line,) = [block for block in documented("") if block.startswith("curl ")]
    program, *words = shlex.split(line)
    told = subprocess.run([program, "-s", *words], capture_output=True, check=True).stdout
    assert [image["status"] for image in json.loads(told)["films"]] == [200, 422]


@pytest.mark.slow
def test_python_sends_images_as_documented(documented, capsys):
    (code,) = documented("python")
    exec(compile(code, "serving.md", "exec"), {})
    good, other, bad = capsys.readouterr().out.splitlines()
    assert good.startswith("IMAGE.png sick ")
    assert other.startswith("IMAGE.png well ")
    assert bad.startswith("IMAGE.dcm 422 IMAGE.dcm cannot be read")


@pytest.mark.slow
def test_the_rest_interface_keeps_what_its_description_promises(live, tmp_path):
    pytest.importorskip("schemathesis")
    program = shutil.which("schemathesis", path=f"{sys.prefix}/bin") or "schemathesis"
    # No description can say which bytes are an image, so those that fit it are refused at times.
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
