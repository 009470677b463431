//! The roles of the five-member programme and of the procuratorate.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// What somebody is appointed to be, in a unit and for a time.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Role { $($(#[$doc])* $name,)* }

        impl Role {
            /// Every role, in the order of the catalogue.
            pub const ALL: &[Role] = &[$(Role::$name,)*];

            /// The stable code on the wire and in the catalogue.
            pub fn code(self) -> &'static str {
                match self { $(Role::$name => $code,)* }
            }

            /// The name shown to people, in simplified Chinese.
            pub fn zh(self) -> &'static str {
                match self { $(Role::$name => $zh,)* }
            }

            /// The name shown to people, in English.
            pub fn en(self) -> &'static str {
                match self { $(Role::$name => $en,)* }
            }
        }
    };
}

roles! {
    /// Confirms social-service hours and issues the evaluation form.
    Supervisor = "supervisor", "督导员", "supervisor";
    /// Reports leads, opinions and early warnings.
    InfoOfficer = "info_officer", "信息员", "information officer";
    /// Learns of people in difficulty and keeps contact.
    LiaisonOfficer = "liaison_officer", "联络员", "liaison officer";
    /// Observes a suspect's service; records hours of his own.
    Volunteer = "volunteer", "志愿者", "volunteer";
    /// Psychological counsellor.
    Counsellor = "counsellor", "心理咨询师", "counsellor";
    /// Leads the members of one village or community.
    GroupLeader = "group_leader", "小组长", "group leader";
    /// Coordinates one township or street.
    AreaManager = "area_manager", "片区管理员", "area manager";
    /// Handles the case.
    Prosecutor = "prosecutor", "检察官", "prosecutor";
    /// Prepares; decides nothing.
    ProsecutorAssistant = "prosecutor_assistant", "检察官助理", "prosecutor's assistant";
    /// Reviews before the chief procurator.
    DepartmentHead = "department_head", "部门负责人", "department head";
    /// Decides on filing, suggestions and correction notices.
    ChiefProcurator = "chief_procurator", "检察长", "chief procurator";
    /// Numbering, statistics, filing.
    CaseAdmin = "case_admin", "案件管理人员", "case-management officer";
    /// Resolves conflicts; creates no field records.
    ConflictAdmin = "conflict_admin", "对账管理员", "reconciliation officer";
    /// Accounts, appointments, devices; no business data.
    SysAdmin = "sys_admin", "系统管理员", "system administrator";
    /// Security settings; no business data.
    SecAdmin = "sec_admin", "安全管理员", "security administrator";
    /// Reads journals and logs; changes nothing.
    Auditor = "auditor", "安全审计员", "security auditor";
}

/// Roles that see what was refused in their units, let held operations go, decide between concurrent states and about
/// findings.
const DESK: [Role; 4] = [
    Role::ConflictAdmin,
    Role::Prosecutor,
    Role::DepartmentHead,
    Role::ChiefProcurator,
];

impl Role {
    /// Whether the role sits at the desk.
    pub fn is_desk(self) -> bool {
        DESK.contains(&self)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such role: {0:?}")]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Role::ALL
            .iter()
            .copied()
            .find(|r| r.code() == text)
            .ok_or_else(|| UnknownRole(text.to_owned()))
    }
}
