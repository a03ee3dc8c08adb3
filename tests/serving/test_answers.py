import json

import pytest

from errors import Busy, ImageTooLarge, UploadRefused
from serving.answers import refused, status_of


@pytest.mark.parametrize(
    ("error", "status"), [(Busy, 503), (UploadRefused, 413), (ImageTooLarge, 422)]
)
def test_the_status_of_an_error_says_whose_fault_it_is(error, status):
    assert status_of(error()) == status


def test_a_refusal_is_one_sentence_with_its_headers():
    start, body = refused(429, "Too often.", retry_after="3").messages
    assert start["status"] == 429
    headers = dict(start["headers"])
    assert headers[b"retry-after"] == b"3"
    assert headers[b"content-type"] == b"application/json"
    assert int(headers[b"content-length"]) == len(body["body"])
    assert json.loads(body["body"]) == {"detail": "Too often."}
