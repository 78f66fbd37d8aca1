"""Uses a client that openapi-python-client generated: `openapi_python_client.py FOLDER URL`, with the package
`generated` in the folder."""

import sys

sys.path.insert(0, sys.argv[1])

from generated import AuthenticatedClient, Client
from generated.api.groups import get_my_groups
from generated.api.membership import join_group
from generated.api.the_callers_password_and_tokens import login
from generated.models import (
    Failure,
    GetMyGroupsResult,
    JoinGroupArguments,
    JoinGroupResult,
    LoginArguments,
    LoginResult,
)

url = sys.argv[2]
arguments = LoginArguments(login="marc", password="marcspassword")
entered = login.sync(client=Client(base_url=url), body=arguments)
assert isinstance(entered, LoginResult), entered
client = AuthenticatedClient(base_url=url, token=entered.auth_token)

joined = join_group.sync(client=client, body=JoinGroupArguments(id="group:1234"))
assert isinstance(joined, JoinGroupResult), joined
assert joined.join_state == "joined", joined
again = join_group.sync(client=client, body=JoinGroupArguments(id="group:1234"))
assert isinstance(again, Failure), again
assert again.code == "already_member", again

names = []
page = pages = 1
while page <= pages:
    groups = get_my_groups.sync(client=client, page=page, results_per_page=10)
    assert isinstance(groups, GetMyGroupsResult), groups
    names += [group.name for group in groups.groups]
    page, pages = page + 1, groups.total_pages
assert pages == 2, pages
assert len(names) == groups.total_results == 19, names
assert "Three Ways" in names, names
print("openapi-python-client: done")
