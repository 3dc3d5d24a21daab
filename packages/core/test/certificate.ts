/** A certificate for a loopback server, signed by itself; made with openssl for these tests and of no use elsewhere. */
/** For 127.0.0.1, until 2126. */
export const loopbackCertificate: { readonly key: string; readonly cert: string } = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4Gvp1I+mvuCjQICv
ZEvFvw6s8gGxOMyGVX/VXcnPIryhRANCAAQOpJ+5jFSRa1ErNQLJlOmZgjGCdBj/
BACtG/pxDJmqb6QM2WjI3cPvByjJvL5bfsWwX0/ee9WtoGzmxu2FTmUm
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBnjCCAUSgAwIBAgIUK1P5idurPhJ6csm3/qYPCYQ/QqEwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQSGVkZGxlIHRlc3QgZ29vZDAgFw0yNjExMjExNzI4MjFaGA8y
MTI2MTAyODE3MjgyMVowGzEZMBcGA1UEAwwQSGVkZGxlIHRlc3QgZ29vZDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABA6kn7mMVJFrUSs1AsmU6ZmCMYJ0GP8EAK0b
+nEMmapvpAzZaMjdw+8HKMm8vlt+xbBfT9571a2gbObG7YVOZSajZDBiMB0GA1Ud
DgQWBBSpqu8xhrAIprgGzUJyIVAsdMYwiDAfBgNVHSMEGDAWgBSpqu8xhrAIprgG
zUJyIVAsdMYwiDAPBgNVHRMBAf8EBTADAQH/MA8GA1UdEQQIMAaHBH8AAAEwCgYI
KoZIzj0EAwIDSAAwRQIgPwizAUw2a6A097nu5+oIoMjh1r+o2ZGbEdEbFPFQt6oC
IQCTrByHk5nI32c6tQaqBteO1BQBJj+p74NtqIiA44SKNw==
-----END CERTIFICATE-----`,
};
