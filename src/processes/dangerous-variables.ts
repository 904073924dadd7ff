/**
 * The one list of variables that never reach a program that opsconsole starts. By each of them, whoever sets the environment
 * runs code of theirs in a program, or turns one of its checks off, without a trace in the command that is recorded. What
 * decides by names alone, PATH and HOME, stays: without them nothing runs. Grouped by who listens to them.
 */
export const DANGEROUS: Readonly<Record<string, readonly string[]>> = {
  'the linker and the C library': words(`
    LD_* DYLD_* GCONV_PATH GETCONF_DIR GLIBC_TUNABLES HOSTALIASES LOCALDOMAIN RES_OPTIONS LOCPATH NLSPATH
    MALLOC_CHECK_ MALLOC_TRACE`),
  shells: words(`
    BASH_ENV BASH_FUNC_* BASHOPTS BASH_XTRACEFD CDPATH ENV FPATH GLOBIGNORE IFS OLDPWD PROMPT_COMMAND PS0
    PS1 PS2 PS4 SHELLOPTS ZDOTDIR ZX_* FCEDIT HISTFILE INPUTRC`),
  'Node, Deno and Bun': words(`
    NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED NODE_REPL_EXTERNAL_MODULE
    NODE_USE_SYSTEM_CA NODE_V8_COVERAGE NODE_COMPILE_CACHE NODE_REDIRECT_WARNINGS NODE_ICU_DATA NPM_CONFIG_*
    npm_config_* DENO_* BUN_*`),
  Python: words(`
    PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONINSPECT PYTHONBREAKPOINT PYTHONWARNINGS PYTHONUSERBASE
    PYTHONEXECUTABLE PYTHONPLATLIBDIR PYTHONPYCACHEPREFIX PYTHONHTTPSVERIFY PYTHONCASEOK PYTHON_GIL PIP_*`),
  Perl: words(`
    PERL5OPT PERL5LIB PERLLIB PERL5DB PERL5SHELL PERLIO PERL_UNICODE`),
  Ruby: words(`
    RUBYOPT RUBYLIB RUBYPATH RUBYSHELL GEM_HOME GEM_PATH BUNDLE_*`),
  Java: words(`
    JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH MAVEN_OPTS GRADLE_OPTS`),
  'other interpreters': words(`
    LUA_INIT* LUA_PATH* LUA_CPATH* PHPRC PHP_INI_SCAN_DIR R_PROFILE R_PROFILE_USER R_ENVIRON R_ENVIRON_USER
    ERL_FLAGS ERL_AFLAGS ERL_ZFLAGS ERL_LIBS DOTNET_STARTUP_HOOKS COR_* CORECLR_* AWKPATH AWKLIBPATH
    TCLLIBPATH GUILE_LOAD_PATH GHC_PACKAGE_PATH RUSTC_WRAPPER`),
  git: words(`
    GIT_*`),
  ssh: words(`
    SSH_ASKPASS SSH_ASKPASS_REQUIRE SUDO_ASKPASS CVS_RSH SVN_SSH RSYNC_RSH RSYNC_CONNECT_PROG`),
  'who reads certificates': words(`
    OPENSSL_CONF OPENSSL_MODULES OPENSSL_ENGINES SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE CURL_CA_BUNDLE
    REQUESTS_CA_BUNDLE`),
  'what opens an editor, a pager or a browser': words(`
    EDITOR VISUAL SUDO_EDITOR SYSTEMD_EDITOR PAGER MANPAGER SYSTEMD_PAGER SYSTEMD_LESS LESS LESSOPEN
    LESSCLOSE LESSEDIT LESSKEY LESSKEYIN LESS_TERMCAP_* MORE BROWSER PSQLRC PSQL_PAGER PSQL_EDITOR
    PSQL_WATCH_PAGER VIMINIT EXINIT`),
  'small tools': words(`
    GREP_OPTIONS TAR_OPTIONS TAPE MAKEFLAGS GNUMAKEFLAGS MAKEFILES CURL_HOME WGETRC RIPGREP_CONFIG_PATH
    ANSIBLE_* TF_CLI_* GZIP BZIP2 XZ_OPT ZSTD_*`),
  'opsconsole: secret parameters are for the runbook that asked for them': words(`
    OPSCONSOLE_PARAM_*`),
}

/** Of those families, what only carries words: CI systems set it, and runbooks ask for it. */
export const HARMLESS: readonly string[] = words(`
  GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
  GIT_COMMITTER_DATE GIT_COMMIT GIT_BRANCH GIT_LOCAL_BRANCH GIT_URL GIT_TERMINAL_PROMPT
  GIT_PREVIOUS_COMMIT GIT_PREVIOUS_SUCCESSFUL_COMMIT BUNDLE_WITHOUT`)

function words(list: string): readonly string[] {
  return list.trim().split(/\s+/)
}

const listed = Object.values(DANGEROUS).flat()
const prefixes = listed.filter(name => name.endsWith('*')).map(family => family.slice(0, -1))
const exact: ReadonlySet<string> = new Set(listed)
const harmless: ReadonlySet<string> = new Set(HARMLESS)

/** Whether a variable of the operator is kept from programs. */
export const isDangerous = (name: string): boolean =>
  exact.has(name) || (!harmless.has(name) && prefixes.some(prefix => name.startsWith(prefix)))
