//! Requests of lists: of those that are long, or read much.

use crate::calls::World;

/// A list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum List {
    Groups,
    LaterGroups,
    Users,
    /// The groups with a part of a name.
    Found,
    /// The members of the first group, which is large.
    Members(Place),
    /// The members of the second group, which is not.
    FewMembers(Place),
    Categories,
}

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    First,
    Middle,
    Last,
}

/// Number of rows of a page.
const PAGE: u32 = 100;

impl List {
    /// Returns the name in the results.
    pub(crate) fn name(self) -> String {
        let page = |place| match place {
            Place::First => "first page",
            Place::Middle => "middle page",
            Place::Last => "last page",
        };
        match self {
            Self::Groups => "getGroups".to_owned(),
            Self::LaterGroups => "getGroups, page 500".to_owned(),
            Self::Users => "getUserList".to_owned(),
            Self::Found => "findGroup".to_owned(),
            Self::Members(place) => format!("getMembers of the large group, {}", page(place)),
            Self::FewMembers(place) => format!("getMembers of a small group, {}", page(place)),
            Self::Categories => "getCategories".to_owned(),
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
                Place::Middle => pages.div_ceil(2),
                Place::Last => pages,
            };
            format!("getMembers?authToken={token}&id=group:{group}&page={page}")
        };
        let call = match self {
            Self::Groups => "getGroups".to_owned(),
            Self::LaterGroups => "getGroups?page=500".to_owned(),
            Self::Users => "getUserList".to_owned(),
            Self::Found => "findGroup".to_owned(),
            Self::Members(place) => members(1, world.scale.crowd, place),
            Self::FewMembers(place) => members(2, world.scale.village, place),
            Self::Categories => "getCategories".to_owned(),
        };
        let target = format!("/api/json/peopleaggregator/{call}");
        let request = match self {
            // A part of the names of a tenth of the groups.
            Self::Found => format!(
                "POST {target} HTTP/1.1\r\nHost: trivium\r\nContent-Length: 9\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\n\r\nname=eeds"
            ),
            _ => format!("GET {target} HTTP/1.1\r\nHost: trivium\r\n\r\n"),
        };
        request.into_bytes()
    }
}
