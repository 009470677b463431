//! The macro by which a setting is written down once.

/// Where a setting comes from and what it is, for people.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Its name in the TOML file.
    pub name: &'static str,
    /// Its environment variable.
    pub variable: &'static str,
    /// Its value when nothing sets it.
    pub default: &'static str,
    /// What it does, with units.
    pub about: &'static str,
}

impl Definition {
    /// Its flag on the command line.
    pub fn flag(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }
}

/// Makes, from one list, the resolved `Settings`, the optional `SettingsArgs` (flags and variables by clap,
/// the same struct for the file by serde), the way from one to the other, and the table for people.
macro_rules! settings {
    ($($(#[doc = $about:literal])+ $name:ident: $type:ty = $default:literal, $variable:literal;)*) => {
        /// Settings as somebody gave them: by flag, by variable, or in the file. Absent ones are open.
        #[derive(Debug, Clone, Default, clap::Args, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct SettingsArgs {
            /// A TOML file with any of the settings below. Flags and variables win over it
            #[arg(long, env = "WUYUAN_CONFIG", value_name = "FILE")]
            #[serde(skip)]
            pub config: Option<std::path::PathBuf>,
            $(
                $(#[doc = $about])+
                #[arg(long, env = $variable, hide_env_values = true, value_name = "VALUE")]
                pub $name: Option<$type>,
            )*
        }

        /// Every setting, resolved and checked.
        #[derive(Debug, Clone)]
        pub struct Settings {
            $($(#[doc = $about])+ pub $name: $type,)*
        }

        /// Every setting, in the order of the documentation.
        pub const DEFINITIONS: &[Definition] = &[$(Definition {
            name: stringify!($name),
            variable: $variable,
            default: $default,
            about: concat!($($about),+),
        },)*];

        fn settle(given: SettingsArgs, file: SettingsArgs) -> Result<Settings, ConfigError> {
            Ok(Settings {
                $($name: match given.$name.or(file.$name) {
                    Some(value) => value,
                    None => $default.parse().map_err(|_| ConfigError::impossible(stringify!($name), "its default does not parse"))?,
                },)*
            })
        }
    };
}

pub(super) use settings;
