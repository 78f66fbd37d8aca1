"""Uses a client that openapi-generator generated: `openapi_generator.py FOLDER URL`, with the package
`openapi_client` in the folder."""

import sys

sys.path.insert(0, sys.argv[1])

import openapi_client
from openapi_client import ApiClient, ApiException, Configuration
from openapi_client.models import Failure, JoinGroupArguments, LoginArguments


def result(call, **arguments):
    """The result of a call, or its failure, which is an exception if it has a status of its own."""
    try:
        response = call(**arguments)
    except ApiException as error:
        return error.data
    return getattr(response, "actual_instance", response)


configuration = Configuration(host=sys.argv[2])
api = ApiClient(configuration)
arguments = LoginArguments(login="marc", password="marcspassword")
tokens = openapi_client.TheCallersPasswordAndTokensApi(api)
configuration.access_token = result(tokens.login, login_arguments=arguments).auth_token

membership = openapi_client.MembershipApi(api)
arguments = JoinGroupArguments(id="group:1234")
joined = result(membership.join_group, join_group_arguments=arguments)
assert joined.join_state == "joined", joined
again = result(membership.join_group, join_group_arguments=arguments)
assert isinstance(again, Failure), again
assert again.code == "already_member", again

names = []
page = pages = 1
while page <= pages:
    groups = result(
        openapi_client.GroupsApi(api).get_my_groups, page=page, results_per_page=10
    )
    names += [group.name for group in groups.groups]
    page, pages = page + 1, groups.total_pages
assert pages == 2, pages
assert len(names) == groups.total_results == 19, names
assert "Three Ways" in names, names
print("openapi-generator, python: done")
