//! Names of members, parameters, headers and form fields whose values are what a built-in set takes out.
//!
//! A name counts as a whole, however its words are joined (`access_token`, `accessToken`, `Access-Token`, `user[access_token]`), with a word in
//! front that says whose it is (`billing_email`) and a number behind (`password2`): `tokens_used` is no token.

use super::BuiltIn;

/// The longest name that is looked at.
pub(super) const LONGEST: usize = 96;

const EMAIL: &[&str] = &[
    "correo",
    "courriel",
    "email",
    "emailaddress",
    "emailaddr",
    "emails",
    "mail",
    "mailaddress",
    "mailto",
    "replyto",
    "useremailaddress",
];

const CARD: &[&str] = &[
    "cardcode",
    "cardcsc",
    "cardcvc",
    "cardcvv",
    "cardno",
    "cardnum",
    "cardnumber",
    "cardsecuritycode",
    "ccnum",
    "ccnumber",
    "cccsc",
    "cccvc",
    "cccvv",
    "ccexp",
    "ccexpiry",
    "cvc",
    "cvc2",
    "cvv",
    "cvv2",
    "creditcard",
    "creditcardno",
    "creditcardnumber",
    "csc",
    "debitcardnumber",
    "kartennummer",
    "kreditkartennummer",
    "pan",
    "primaryaccountnumber",
    "securitycode",
];

const PHONE: &[&str] = &[
    "cell",
    "cellphone",
    "fax",
    "faxnumber",
    "handy",
    "handynummer",
    "mobile",
    "mobilenumber",
    "mobileno",
    "mobilephone",
    "msisdn",
    "phone",
    "phoneno",
    "phonenum",
    "phonenumber",
    "phones",
    "tel",
    "telefon",
    "telefonnummer",
    "telefono",
    "telephone",
    "telephonenumber",
    "telno",
    "whatsapp",
];

const TOKEN: &[&str] = &[
    "accesskey",
    "accesskeyid",
    "accesstoken",
    "amzcredential",
    "amzsecuritytoken",
    "amzsignature",
    "apikey",
    "apisecret",
    "apitoken",
    "appkey",
    "appsecret",
    "aspxauth",
    "auth",
    "authenticitytoken",
    "authkey",
    "authorization",
    "authtoken",
    "awsaccesskeyid",
    "awssecretaccesskey",
    "bearer",
    "bearertoken",
    "bottoken",
    "clientsecret",
    "consumersecret",
    "cookie",
    "cookies",
    "credential",
    "credentials",
    "csrf",
    "csrfmiddlewaretoken",
    "csrftoken",
    "devicetoken",
    "encryptionkey",
    "fcmtoken",
    "idtoken",
    "invitetoken",
    "jsessionid",
    "jwt",
    "jwttoken",
    "kennwort",
    "laravelsession",
    "logintoken",
    "magictoken",
    "mfacode",
    "motdepasse",
    "netsessionid",
    "onetimecode",
    "onetimepassword",
    "otp",
    "otpcode",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passwordhash",
    "passwort",
    "phpsessid",
    "privatekey",
    "proxyauthorization",
    "pwd",
    "pushtoken",
    "recoverycode",
    "refreshtoken",
    "remembertoken",
    "requestverificationtoken",
    "resettoken",
    "resetpasswordtoken",
    "secret",
    "secretaccesskey",
    "secretkey",
    "secrettoken",
    "securitytoken",
    "serviceaccountkey",
    "session",
    "sessionid",
    "sessionkey",
    "sessiontoken",
    "sessid",
    "setcookie",
    "sid",
    "signature",
    "signingkey",
    "signingsecret",
    "sessionsecret",
    "token",
    "totp",
    "verificationcode",
    "verificationtoken",
    "webhooksecret",
    "xsrf",
    "xsrftoken",
];

/// Words in front of a name that say whose or which it is.
const WHOSE: &[&str] = &[
    "account",
    "admin",
    "alternate",
    "api",
    "app",
    "auth",
    "backup",
    "billing",
    "bot",
    "business",
    "client",
    "company",
    "confirm",
    "confirmation",
    "contact",
    "current",
    "customer",
    "database",
    "db",
    "default",
    "delivery",
    "from",
    "guest",
    "home",
    "host",
    "initial",
    "invoice",
    "login",
    "main",
    "master",
    "member",
    "my",
    "new",
    "old",
    "oauth",
    "oauth2",
    "office",
    "order",
    "owner",
    "payment",
    "person",
    "personal",
    "primary",
    "private",
    "profile",
    "recipient",
    "recovery",
    "repeat",
    "reset",
    "root",
    "secondary",
    "secure",
    "sender",
    "server",
    "service",
    "shipping",
    "signin",
    "signup",
    "smtp",
    "staff",
    "subscriber",
    "support",
    "temp",
    "temporary",
    "to",
    "user",
    "username",
    "verify",
    "work",
    "x",
    "your",
];

/// Words behind a name that change nothing.
const AGAIN: &[&str] = &["again", "confirm", "confirmation", "field", "input", "raw", "repeat", "value", "verify"];

/// Whether values of this name are what a built-in set takes out.
pub(super) fn is_known(built_in: BuiltIn, name: &str) -> bool {
    name.len() <= LONGEST
        && (is_listed(built_in, &plain(name)) || last_part(name).is_some_and(|part| is_listed(built_in, &plain(part))))
}

/// `user[email]` and `user.email` are an `email`.
fn last_part(name: &str) -> Option<&str> {
    name.rsplit(['.', '[', ']', ':', '/', '$']).find(|part| !part.is_empty())
}

/// A name without what joins its words.
fn plain(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_listed(built_in: BuiltIn, name: &str) -> bool {
    let names = match built_in {
        BuiltIn::Email => EMAIL,
        BuiltIn::Card => CARD,
        BuiltIn::Phone => PHONE,
        BuiltIn::Token => TOKEN,
    };
    let mut name = name;
    if names.contains(&name) {
        return true;
    }
    name = name.trim_end_matches(|character: char| character.is_ascii_digit());
    if let Some(short) = AGAIN.iter().find_map(|word| name.strip_suffix(word)).filter(|short| short.len() > 2) {
        name = short;
    }
    // Most names end here.
    if !names.iter().any(|listed| name.ends_with(listed)) {
        return false;
    }
    is_or_has(names, name) || WHOSE.iter().filter_map(|word| name.strip_prefix(word)).any(|rest| is_or_has(names, rest))
}

/// Whether the name is listed, as it is or behind one word more.
fn is_or_has(names: &[&str], name: &str) -> bool {
    names.contains(&name) || WHOSE.iter().filter_map(|word| name.strip_prefix(word)).any(|rest| names.contains(&rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_however_its_words_are_joined() {
        for (built_in, names) in [
            (
                BuiltIn::Email,
                "email e-mail E_Mail userEmail user[email] billing-email email_address $email person.email email2 emailConfirm",
            ),
            (BuiltIn::Phone, "phone phone_number mobilePhone tel homePhone contact[phone] shippingPhoneNumber fax"),
            (BuiltIn::Card, "cardNumber card_number CVC cc-number creditCardNumber payment.cvv2 pan"),
            (
                BuiltIn::Token,
                "Authorization Set-Cookie x-api-key X-CSRF-Token password new_password passwordConfirm password2 clientSecret access_token \
                 PHPSESSID connect.sid ASP.NET_SessionId __Host-session userPassword X-Amz-Signature authenticity_token db_password",
            ),
        ] {
            for name in names.split_whitespace() {
                assert!(is_known(built_in, name), "{name}");
            }
        }
    }

    #[test]
    fn a_name_counts_as_a_whole() {
        for name in [
            "tokens_used",
            "max_tokens",
            "tokenizer",
            "secretary",
            "mailbox",
            "panel",
            "keyboard",
            "key",
            "inside",
            "",
            "x",
            "iban",
            "pin",
        ] {
            for built_in in [BuiltIn::Email, BuiltIn::Card, BuiltIn::Phone, BuiltIn::Token] {
                assert!(!is_known(built_in, name), "{name}");
            }
        }
    }
}
