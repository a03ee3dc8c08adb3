from reports.pages import SCRIPT_SOURCE
from serving import policies


def test_pages_load_nothing_from_elsewhere_and_run_no_script_of_their_text():
    assert policies.PAGE.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    for policy in (policies.PAGE, policies.REPORT):
        assert "http" not in policy
        assert "unsafe-eval" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy


def test_a_report_runs_no_script():
    assert f"script-src {SCRIPT_SOURCE};" in policies.REPORT


def test_an_answer_keeps_its_own_headers_and_is_given_the_others():
    told = policies.with_policies([(b"Cache-Control", b"max-age=60"), (b"x", b"y")])
    assert dict(told)[b"x"] == b"y"
    assert [value for name, value in told if name.lower() == b"cache-control"] == [b"max-age=60"]
    assert dict(told)[b"content-security-policy"] == policies.PAGE.encode()
    assert dict(told)[b"cross-origin-resource-policy"] == b"same-origin"


def test_findings_stay_in_no_cache():
    assert dict(policies.with_policies([]))[b"cache-control"] == b"no-store"
