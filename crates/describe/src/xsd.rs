//! Describes the responses of REST (XML) in XML Schema 1.0, in the order and the namespace of a profile.
//!
//! [`operation`] describes the responses of one operation exactly. [`any`] accepts every response, and
//! checks only the members that all of them have.

use serde_json::Value;
use trivium_front::Profile;
use trivium_rpc::{Catalog, Code, Entry};

use crate::encode::xml;
use crate::schema::{all_codes, kind, members, resolve, text, wire_names};

/// The path of the schema that accepts every response.
pub const PATH: &str = "/api/xml/schema.xsd";

/// The namespace of the historical servers.
pub(crate) const NAMESPACE: &str = "http://peopleaggregator.com/api/xmlns#";

/// Generates the schema that accepts every response.
pub fn any(catalog: &Catalog, profile: Profile) -> String {
    let codes = enumeration(profile, catalog.codes.iter().copied());
    document(
        profile,
        &format!(
            r#" <xs:element name="response">
  <xs:complexType>
   <xs:sequence>
    <xs:any processContents="lax" maxOccurs="unbounded"/>
   </xs:sequence>
  </xs:complexType>
 </xs:element>
 <xs:element name="success" type="xs:boolean"/>
 <xs:element name="msg" type="xs:string"/>
 <xs:element name="code">
{codes} </xs:element>
"#
        ),
    )
}

/// Generates the schema of an operation's responses.
pub fn operation(profile: Profile, entry: &Entry) -> String {
    let root = entry.output.as_value();
    let codes = enumeration(profile, all_codes(entry));
    let code = format!("<xs:element name=\"code\">\n{codes}</xs:element>\n");
    let msg = "<xs:element name=\"msg\" type=\"xs:string\"/>\n";
    let success = "<xs:element name=\"success\" type=\"xs:boolean\"/>\n";
    let failed = format!("<xs:sequence>\n{code}{msg}</xs:sequence>\n");
    let (first, last): (Vec<_>, Vec<_>) = elements(profile, root, root)
        .into_iter()
        .partition(|(name, _)| profile == Profile::Documented && *name < "success");
    let joined = |elements: Vec<(&str, String)>| -> String {
        elements.into_iter().map(|(_, element)| element).collect()
    };
    // `success` is declared once, because programs that generate types make a list of two.
    let content = match profile {
        Profile::Documented => {
            let (first, last) = (joined(first), joined(last));
            let choice = match first.as_str() {
                "" => format!("<xs:choice minOccurs=\"0\">\n{failed}</xs:choice>\n"),
                first => format!(
                    "<xs:choice>\n{failed}<xs:sequence>\n{first}</xs:sequence>\n</xs:choice>\n"
                ),
            };
            // Absent if the call failed.
            let last = match last.as_str() {
                "" => String::new(),
                last => format!("<xs:sequence minOccurs=\"0\">\n{last}</xs:sequence>\n"),
            };
            format!("<xs:sequence>\n{choice}{success}{last}</xs:sequence>\n")
        }
        Profile::Original => format!(
            "<xs:sequence>\n{success}<xs:choice>\n{failed}<xs:sequence>\n{}</xs:sequence>\n\
             </xs:choice>\n</xs:sequence>\n",
            joined(last)
        ),
    };
    let about = xml(entry.description());
    document(
        profile,
        &format!(
            "<xs:element name=\"response\">\n<xs:annotation>\n<xs:documentation>{about}\
             </xs:documentation>\n</xs:annotation>\n<xs:complexType>\n{content}</xs:complexType>\n\
             </xs:element>\n"
        ),
    )
}

fn document(profile: Profile, elements: &str) -> String {
    let namespace = match profile {
        Profile::Documented => String::new(),
        Profile::Original => format!(
            " targetNamespace=\"{NAMESPACE}\" xmlns=\"{NAMESPACE}\" elementFormDefault=\"qualified\""
        ),
    };
    indented(&format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"{namespace}>\n{elements}</xs:schema>\n"
    ))
}

/// Indents each line by one space per open element.
fn indented(document: &str) -> String {
    let mut depth: usize = 0;
    let mut out = String::new();
    for line in document.lines().map(str::trim_start) {
        if line.starts_with("</") {
            depth = depth.saturating_sub(1);
        }
        out.push_str(&" ".repeat(depth));
        out.push_str(line);
        out.push('\n');
        let opens = line.starts_with('<') && !line.starts_with("</") && !line.starts_with("<?");
        if opens && !line.contains("</") && !line.ends_with("/>") {
            depth += 1;
        }
    }
    out
}

/// Writes the members of a struct as elements, in the order of the profile.
fn elements<'a>(profile: Profile, schema: &'a Value, root: &'a Value) -> Vec<(&'a str, String)> {
    let mut elements: Vec<(&str, String)> = members(schema)
        .into_iter()
        .map(|member| {
            let occurs = if member.optional {
                " minOccurs=\"0\""
            } else {
                ""
            };
            let attributes = format!("name=\"{}\"{occurs}", member.name);
            (
                member.name,
                element(profile, &attributes, member.schema, root),
            )
        })
        .collect();
    if profile == Profile::Documented {
        elements.sort_by_key(|(name, _)| *name);
    }
    elements
}

fn element(profile: Profile, attributes: &str, schema: &Value, root: &Value) -> String {
    let schema = resolve(schema, root);
    let complex = |content: &str| {
        format!(
            "<xs:element {attributes}>\n<xs:complexType>\n<xs:sequence>\n{content}</xs:sequence>\n\
             </xs:complexType>\n</xs:element>\n"
        )
    };
    match kind(schema) {
        "array" => {
            let occurs = "name=\"item\" minOccurs=\"0\" maxOccurs=\"unbounded\"";
            let items = schema.get("items").unwrap_or(&Value::Null);
            complex(&element(profile, occurs, items, root))
        }
        "object" => {
            let elements = elements(profile, schema, root);
            complex(
                &elements
                    .into_iter()
                    .map(|(_, element)| element)
                    .collect::<String>(),
            )
        }
        kind => match restriction(kind, schema) {
            Some(restriction) => {
                format!("<xs:element {attributes}>\n{restriction}</xs:element>\n")
            }
            None => format!(
                "<xs:element {attributes} type=\"{}\"/>\n",
                simple(kind, schema)
            ),
        },
    }
}

/// Returns the built-in type of a value.
fn simple(kind: &str, schema: &Value) -> &'static str {
    match kind {
        "boolean" => "xs:boolean",
        "integer" => "xs:long",
        _ if text(schema, "format") == "date-time" => "xs:dateTime",
        _ => "xs:string",
    }
}

/// Writes the restriction of the built-in type; `None` if there is no restriction.
fn restriction(kind: &str, schema: &Value) -> Option<String> {
    let mut facets = String::new();
    let mut facet = |name: &str, value: &str| {
        facets.push_str(&format!("<xs:{name} value=\"{}\"/>\n", xml(value)));
    };
    for word in schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        facet("enumeration", word.as_str().unwrap_or_default());
    }
    // A pattern of XML Schema always matches the whole value.
    match text(schema, "pattern").trim_matches(['^', '$']) {
        "" => {}
        pattern => facet("pattern", pattern),
    }
    for (key, name) in [("minimum", "minInclusive"), ("maximum", "maxInclusive")] {
        if let Some(bound) = schema.get(key) {
            facet(name, &bound.to_string());
        }
    }
    let base = simple(kind, schema);
    (!facets.is_empty()).then(|| restricted(base, &facets))
}

fn restricted(base: &str, facets: &str) -> String {
    format!(
        "<xs:simpleType>\n<xs:restriction base=\"{base}\">\n{facets}</xs:restriction>\n\
         </xs:simpleType>\n"
    )
}

/// Writes the codes as a type.
fn enumeration(profile: Profile, codes: impl Iterator<Item = Code>) -> String {
    let mut codes = wire_names(profile, codes);
    codes.sort_unstable();
    let facets: String = codes
        .into_iter()
        .map(|code| format!("<xs:enumeration value=\"{code}\"/>\n"))
        .collect();
    restricted("xs:string", &facets)
}
