/** Access tokens of sources that want one with every call: what a source says of its own, and what the fetch layer gives it for that. */

/** Credentials and switches a spider may use to make request headers; a plain view of the environment, never logged. */
export type Credentials = Readonly<Record<string, string | undefined>>;

export interface AccessToken {
  readonly value: string;
  /** From then on the source refuses it. */
  readonly expiresAt: Date;
}

/** A request to the source's token endpoint. */
export interface TokenRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface TokenAnswer {
  readonly status: number;
  readonly body: string;
}

export interface TokenMinting {
  readonly credentials: Credentials;
  readonly now: Date;
  /** Asks over the network, as guarded and as politely as any page is asked for. Tokens that are signed here do without. */
  ask(request: TokenRequest): Promise<TokenAnswer>;
}

/** How a source's token comes about. */
export interface TokenPlan {
  /** Name under which `Source.headers` finds the token among its credentials, e.g. `REDDIT_ACCESS_TOKEN`. */
  readonly variable: string;
  /** Hosts that want it; the source's others are asked without. */
  readonly hosts: readonly string[];
  /** Statuses by which they refuse one that ran out or was taken back. */
  readonly refusals: readonly number[];
  /** A new token; null when a credential is missing. @throws ThrottledError when the source gives none. */
  mint(minting: TokenMinting): Promise<AccessToken | null>;
}
