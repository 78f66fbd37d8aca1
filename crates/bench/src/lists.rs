//! Requests of lists: of those that are long, or read much.

use crate::calls::World;

/// A list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum List {
    Groups,
    Users,
    /// The members of the first group, which is large.
    Members(Place),
    /// The members of the second group, which is not.
    FewMembers(Place),
}

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    First,
    Last,
}

/// Number of rows of a page.
const PAGE: u32 = 100;

impl List {
    /// Returns the name in the results.
    pub(crate) fn name(self) -> String {
        let page = |place| match place {
            Place::First => "first page",
            Place::Last => "last page",
        };
        match self {
            Self::Groups => "getGroups".to_owned(),
            Self::Users => "getUserList".to_owned(),
            Self::Members(place) => format!("getMembers of the large group, {}", page(place)),
            Self::FewMembers(place) => format!("getMembers of a small group, {}", page(place)),
        }
    }

    /// Returns the request, by the first user of a store.
    pub(crate) fn request(self, world: &World) -> Vec<u8> {
        let token = world.users.first().map_or("", |user| &user.token);
        let members = |group: u32, members: u32, place| {
            // With the owner.
            let pages = (members + 1).div_ceil(PAGE);
            let page = match place {
                Place::First => 1,
                Place::Last => pages,
            };
            format!("getMembers?authToken={token}&id=group:{group}&page={page}")
        };
        let call = match self {
            Self::Groups => "getGroups".to_owned(),
            Self::Users => "getUserList".to_owned(),
            Self::Members(place) => members(1, world.scale.crowd, place),
            Self::FewMembers(place) => members(2, world.scale.village, place),
        };
        let target = format!("/api/json/peopleaggregator/{call}");
        let request = format!("GET {target} HTTP/1.1\r\nHost: trivium\r\n\r\n");
        request.into_bytes()
    }
}
