/** A kind of secret that is known by its form. */
export interface TokenPattern {
  readonly name: string
  /** One of these stands in each of them: a text without them need not be searched. */
  readonly hints: readonly string[]
  readonly regex: RegExp
  /** What is kept of a match, in the words of `String.replace`; nothing when left out. */
  readonly keep?: readonly [before: string, after: string]
}

// Each begins at the edge of its own alphabet and repeats only one class at a time, so no text makes it look back over and over.
export const TOKEN_PATTERNS: readonly TokenPattern[] = [
  {name: 'github_token', hints: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], regex: /(?<![A-Za-z0-9_])gh[pousr]_[A-Za-z0-9]{36,255}/g},
  {name: 'github_token', hints: ['github_pat_'], regex: /(?<![A-Za-z0-9_])github_pat_[A-Za-z0-9_]{22,255}/g},
  {name: 'gitlab_token', hints: ['glpat-'], regex: /(?<![A-Za-z0-9_-])glpat-[A-Za-z0-9_-]{20,255}/g},
  {name: 'slack_token', hints: ['xox'], regex: /(?<![A-Za-z0-9-])xox[abeoprs]-[A-Za-z0-9-]{10,255}/g},
  {name: 'aws_access_key', hints: ['AKIA'], regex: /(?<![A-Za-z0-9])AKIA[A-Z0-9]{16}(?![A-Za-z0-9])/g},
  {name: 'aws_access_key', hints: ['ASIA'], regex: /(?<![A-Za-z0-9])ASIA[A-Z0-9]{16}(?![A-Za-z0-9])/g},
  {name: 'google_api_key', hints: ['AIza'], regex: /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g},
  {name: 'npm_token', hints: ['npm_'], regex: /(?<![A-Za-z0-9_])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g},
  {name: 'stripe_key', hints: ['k_live_'], regex: /(?<![A-Za-z0-9_])[rs]k_live_[A-Za-z0-9]{16,255}/g},
  {name: 'model_api_key', hints: ['sk-'], regex: /(?<![A-Za-z0-9_-])sk-[A-Za-z0-9_-]{32,255}/g},
  {
    name: 'json_web_token',
    hints: ['eyJ'],
    regex: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,4000}/g,
  },
  {
    name: 'authorization_header',
    hints: ['uthorization: '],
    regex: /([Aa]uthorization: (?:[Bb]earer|[Bb]asic|[Tt]oken) )[A-Za-z0-9._~+/=-]{8,4000}/g,
    keep: ['$1', ''],
  },
  {
    name: 'password_in_url',
    hints: ['://'],
    regex: /(:\/\/[^\s/:@"']{0,200}:)[^\s/:@"']{1,500}(@)/g,
    keep: ['$1', '$2'],
  },
]
