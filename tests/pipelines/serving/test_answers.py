import json

from pipelines.serving.answers import refused


def test_a_refusal_is_one_sentence_with_its_headers():
    start, body = refused(429, "Too often.", retry_after="3").messages
    assert start["status"] == 429
    headers = dict(start["headers"])
    assert headers[b"retry-after"] == b"3"
    assert headers[b"content-type"] == b"application/json"
    assert int(headers[b"content-length"]) == len(body["body"])
    assert json.loads(body["body"]) == {"detail": "Too often."}
