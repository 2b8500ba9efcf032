/** Keywords of bash and zsh: what stands behind one may run never, once or often. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  `! [[ ]] { } case coproc do done elif else end esac fi for foreach function if in nocorrect noglob repeat select then time until while -`.split(
    ' ',
  ),
)

/** Builtins that print or compare and change nothing. */
const HARMLESS = new Set(['echo', 'false', 'pwd', 'test', 'true', 'type', 'which'])

/** Builtins of bash and zsh, and of zsh's modules: they may change how a later command is found or runs. */
const BUILTINS = new Set(
  `. : [ alias autoload bg bind bindkey break builtin bye caller cap chdir clone command compadd comparguments compcall compctl compdescribe
  compfiles compgen compgroups complete compopt compquote compset comptags comptry compvalues continue declare dirs disable disown echotc
  echoti emulate enable eval exec exit export fc fg float functions getcap getln getopts hash help history integer jobs kill let limit
  local log logout mapfile popd print printf private pushd pushln r read readarray readonly rehash return sched set setcap setopt shift
  shopt source stat strftime suspend syserror sysopen sysread sysseek syswrite test times trap ttyctl type typeset ulimit umask unalias unfunction unhash
  unlimit unset unsetopt vared wait whence where which zcompile zcurses zformat zftp zle zmodload zparseopts zprof zpty zregexparse
  zselect zsocket zstat zstyle ztcp zsystem zf_chgrp zf_chmod zf_chown zf_ln zf_mkdir zf_mv zf_rm zf_rmdir zf_sync`.split(/\s+/),
)

/** Programs whose arguments are text or names: the word `xcodebuild` behind them runs nothing. */
const MENTIONING = new Set(
  `ag apropos bat brew cat code cp diff echo egrep fgrep gh git grep head killall less ls man mkdir more mv open pgrep pkill
  pod printf rg rm tail touch type vi vim wc whatis whence where whereis which`.split(/\s+/),
)

export function isKeyword(word: string): boolean {
  return KEYWORDS.has(word)
}

export function changesShell(word: string): boolean {
  return BUILTINS.has(word) && !HARMLESS.has(word)
}

export function onlyMentions(program: string): boolean {
  return MENTIONING.has(program.slice(program.lastIndexOf('/') + 1))
}
