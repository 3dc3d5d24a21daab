/** What is served, in the shape of Tailscale's ServeConfig: what `tailscale serve status --json` prints and `tailscaled` keeps. */
export interface ServeConfig {
  /** By port. */
  readonly TCP?: Readonly<Record<string, TcpPortHandler>> | null;
  /** By `name:port`. */
  readonly Web?: Readonly<Record<string, WebServerConfig>> | null;
  /** Services with addresses of their own. Not supported: must be absent or empty. */
  readonly Services?: Readonly<Record<string, unknown>> | null;
  /** `name:port` that may be reached from outside the tailnet. */
  readonly AllowFunnel?: Readonly<Record<string, boolean>> | null;
  /** Configurations that live as long as a session of tailscaled. Not supported: must be absent or empty. */
  readonly Foreground?: Readonly<Record<string, unknown>> | null;
}

/** One of HTTPS, HTTP and TCPForward. */
export interface TcpPortHandler {
  readonly HTTPS?: boolean;
  readonly HTTP?: boolean;
  /** `host:port`, or `unix:/path`. */
  readonly TCPForward?: string;
  /** The name under which TLS is ended before forwarding. */
  readonly TerminateTLS?: string;
  /** 1 or 2: the version of the PROXY protocol towards TCPForward. */
  readonly ProxyProtocol?: number;
}

export interface WebServerConfig {
  /** By mount point. */
  readonly Handlers?: Readonly<Record<string, HttpHandler>> | null;
}

/** One of Path, Proxy, Text and Redirect. */
export interface HttpHandler {
  /** A folder or a file. */
  readonly Path?: string;
  /** A port, `host:port`, a URL (also `https+insecure://`), or `unix:/path`. */
  readonly Proxy?: string;
  readonly Text?: string;
  /** A URL, after `301:` and the like with another status than 302. */
  readonly Redirect?: string;
  /** Capabilities that are passed on to the proxied target. */
  readonly AcceptAppCaps?: readonly string[] | null;
}
