/* The page's behaviours. Each module looks after one thing and starts itself; stream.js brings the live replies. */
import "./theme.js";
import "./toast.js";
import "./dialog.js";
import "./menu.js";
import "./chats.js";
import "./time.js";
import "./copy.js";
import "./code.js";
import "./reasoning.js";
import "./tool-cards.js";
import "./tools.js";
import "./counter.js";
import "./tables.js";
import "./remote-image.js";
import "./tasks.js";
import "./scroll.js";
import "./composer.js";
import "./gauge.js";
import "./mentions.js";
import "./edit.js";
import "./palette.js";
import "./shortcuts.js";
import "./passkeys.js";
import { connect } from "./stream.js";

connect();
