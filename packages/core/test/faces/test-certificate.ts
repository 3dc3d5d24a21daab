/**
 * A self-made certificate for the names worker and localhost and for 127.0.0.1, for tests alone. Made once with:
 * openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=worker
 *   -addext subjectAltName=DNS:worker,DNS:localhost,IP:127.0.0.1
 */
export const TEST_CERTIFICATE: { readonly key: string; readonly cert: string } = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdwk6DlkUd+2z1EJe
7LBCy1+iP5pcVAk1b/CbTKh+pyuhRANCAASdQsSFI2bG1YdNm+9OemAhDsgyeRfk
TJYQrjsT7rHDsSoD3FUdQ9pjdB+mL7RDHpfUUoyjLHQLFliQ02AV2sMo
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBnDCCAUOgAwIBAgIUEJcWsFQbJGhrgOABBv45lb4o6oAwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGd29ya2VyMCAXDTI2MTEyMTE1MTc0MloYDzIxMjYxMDI4MTUx
NzQyWjARMQ8wDQYDVQQDDAZ3b3JrZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASdQsSFI2bG1YdNm+9OemAhDsgyeRfkTJYQrjsT7rHDsSoD3FUdQ9pjdB+mL7RD
HpfUUoyjLHQLFliQ02AV2sMoo3cwdTAdBgNVHQ4EFgQUOgt4ckVcnVf/E3+oFYuy
aUG9hTQwHwYDVR0jBBgwFoAUOgt4ckVcnVf/E3+oFYuyaUG9hTQwDwYDVR0TAQH/
BAUwAwEB/zAiBgNVHREEGzAZggZ3b3JrZXKCCWxvY2FsaG9zdIcEfwAAATAKBggq
hkjOPQQDAgNHADBEAiBRjcXyo7qVweRtlDnPg4mKahyDQpDdpah+2kSZsgs8PgIg
OCeu0gV8bDWBaT+7epIkBX+6LzExddrW8jinZcufl6o=
-----END CERTIFICATE-----
`,
};
