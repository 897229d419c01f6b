// The softphones of pages under test: JsSIP and SIP.js in one script, as window.JsSIP and window.SIP.
import JsSIP from 'jssip';
import * as SIP from 'sip.js';

window.JsSIP = JsSIP;
window.SIP = SIP;
