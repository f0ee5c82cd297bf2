/** The language server, over stdio. Nothing but the protocol goes to stdout. */
import { Console } from 'node:console';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { forgetSmallNodeEnvironment } from '../core/command/small-node.ts';
import { compileLater } from './compile-later.ts';
import { LANGUAGES } from './languages.ts';
import { collectWhenIdle } from './idle.ts';
import { serve } from './serve.ts';

// Whatever a library has to say must not stand between messages.
globalThis.console = new Console(process.stderr, process.stderr);

compileLater();
collectWhenIdle(process.stdin);

// It is in force by now, and no matter of the programs that are started from here.
forgetSmallNodeEnvironment(process.env);

// The connection watches the editor's process and the end of stdin, and ends this one with them.
serve(createConnection(ProposedFeatures.all, process.stdin, process.stdout), LANGUAGES);
