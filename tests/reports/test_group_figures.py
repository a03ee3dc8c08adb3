from reports.group_figures import Groups
from reports.json_trees import as_json, from_json
from tests.reports.comparisons import values


def test_groups_are_read_from_the_dicts_of_evaluation_and_written_again():
    written = values(("sharp",))[0]["subgroups"]["sharp"]["sex"]
    groups = from_json(Groups, written)
    assert groups.groups["F"].images == written["groups"]["F"]["films"]
    assert as_json(groups) == written
