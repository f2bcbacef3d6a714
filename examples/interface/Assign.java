import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** 接口示例：Java 8，只用 java.net。说明见 README.md。 */
public final class Assign {
    private static final String URL_BASE = System.getenv("FUMA_URL");
    private static final boolean IN_FORM = System.getenv("FUMA_TOKEN_IN_FORM") != null;
    private static final String FORM = "application/x-www-form-urlencoded";

    /** 没有办成的先后等这么多秒再发。 */
    private static final long[] WAITS = {1, 2, 4, 8};
    /** 过一会儿再发就可能办成的状态码。 */
    private static final List<Integer> BUSY = Arrays.asList(408, 409, 429, 500, 502, 503, 504);

    /** 一次答复。 */
    private static final class Answer {
        final int status;
        final byte[] content;
        /** 服务器要求等待的秒数；没有要求的为 -1。 */
        final long retryAfter;

        Answer(int status, byte[] content, long retryAfter) {
            this.status = status;
            this.content = content;
            this.retryAfter = retryAfter;
        }

        String text() {
            return new String(content, StandardCharsets.UTF_8);
        }

        /** 一个文本成员的值。正式的程序请用 JSON 库。 */
        String value(String name) {
            Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(text());
            return found.find() ? found.group(1) : "";
        }
    }

    private final String token;
    private final PrintStream out;

    private Assign(PrintStream out) throws IOException {
        this.out = out;
        String form = "grant_type=client_credentials&client_id=" + encoded(System.getenv("FUMA_CLIENT_ID"))
                + "&client_secret=" + encoded(System.getenv("FUMA_CLIENT_SECRET"));
        Answer answer = send("/token", FORM, form, null);
        if (answer.status != 200) {
            throw new IOException("没有取到令牌：" + answer.status + " " + answer.text());
        }
        token = answer.value("access_token");
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        Assign system = new Assign(out);
        String record = System.getenv("FUMA_RECORD");
        if (record == null) {
            record = "JAVA-" + System.currentTimeMillis();
        }
        String item = "{\"items\":[" + certificate(record) + "]}";

        system.done("/certificates/check", item);
        out.println("预检通过");

        Answer answer = system.done("/certificates/assign", item);
        String number = answer.value("number");
        out.println("已赋码：编号 " + number + "，码 " + answer.value("code"));

        // 没有收到答复时，用同一业务记录号原样重发：答复当时的结果，不会重复赋码。
        Answer again = system.done("/certificates/assign", item);
        if (!again.text().contains("\"replayed\":true") || !again.value("number").equals(number)) {
            throw new IOException("重发的答复不同：" + again.text());
        }
        out.println("重发：仍是 " + number);

        Files.write(Paths.get("qr.svg"), system.get("/certificates/" + number + "/qr.svg").content);
        out.println("二维码：qr.svg");

        system.done("/certificates/status", "{\"items\":[{\"record_id\":\"" + record + "-revoke\",\"number\":\"" + number
                + "\",\"act\":\"revoke\",\"effective\":\"" + LocalDate.now() + "\",\"document\":\"示撤〔" + record
                + "〕号\",\"reason\":\"示例原因\"}]}");
        out.println("结论：" + system.get("/certificates/" + number + "/verdict").value("verdict"));
    }

    private static String certificate(String record) {
        LocalDate today = LocalDate.now();
        LocalDate until = today.plusYears(6).minusDays(1);
        return "{\"record_id\":\"" + record + "\",\"certificate\":{\"kind\":\"首次\",\"body_name\":\"示例检测有限公司\","
                + "\"uscc\":\"91610113YL00000125\",\"legal_kind\":\"独立法人-企业\",\"department\":\"无\","
                + "\"address\":\"示例省示例市示例路1号\",\"division\":\"610113\",\"domain\":\"12\",\"industry\":\"05\","
                + "\"food\":false,\"procedure\":\"一般程序\",\"decision_day\":\"" + today + "\",\"decision_number\":\"示许〔"
                + record + "〕号\",\"first_issued_on\":\"" + today + "\",\"issued_on\":\"" + today + "\",\"valid_from\":\""
                + today + "\",\"valid_to\":\"" + until + "\"},\"sites\":[],\"capabilities\":[{\"class\":\"水和废水\","
                + "\"item\":\"示例参数\",\"standard_name\":\"示例方法\",\"standard_number\":\"HJ 1147-2020\","
                + "\"approved_on\":\"" + today + "\",\"food\":false}],\"signatories\":[],\"instruments\":[],\"staff\":[]}";
    }

    /** 办理；问题逐条显示，没有办成的就此结束。 */
    private Answer done(String path, String json) throws IOException {
        Answer answer = IN_FORM
                ? send(path, FORM, "access_token=" + encoded(token) + "&body=" + encoded(json), null)
                : send(path, "application/json", json, token);
        Matcher problems = Pattern.compile("\"message\":\"([^\"]*)\"").matcher(answer.text());
        while (problems.find()) {
            out.println("  问题：" + problems.group(1));
        }
        if (answer.status != 200) {
            throw new IOException(path + "：" + answer.status + " " + answer.text());
        }
        return answer;
    }

    private Answer get(String path) throws IOException {
        Answer answer =
                IN_FORM ? send(path, FORM, "access_token=" + encoded(token), null) : send(path, null, null, token);
        if (answer.status != 200) {
            throw new IOException(path + "：" + answer.status + " " + answer.text());
        }
        return answer;
    }

    /** 发送并取回答复；断线、限流、服务器繁忙时等一等，原样重发：业务记录号不变，不会重复赋码。 */
    private static Answer send(String path, String kind, String body, String token) throws IOException {
        for (int tried = 0;; tried++) {
            boolean last = tried == WAITS.length;
            long wait = last ? 0 : WAITS[tried];
            try {
                Answer answer = sendOnce(path, kind, body, token);
                if (last || !BUSY.contains(answer.status)) {
                    return answer;
                }
                wait = answer.retryAfter >= 0 ? answer.retryAfter : wait;
            } catch (IOException broken) {
                if (last) {
                    throw broken;
                }
            }
            try {
                Thread.sleep(wait * 1000);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IOException("等待重发时被中断", stopped);
            }
        }
    }

    private static Answer sendOnce(String path, String kind, String body, String token) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(URL_BASE + path).openConnection();
        connection.setConnectTimeout(10_000);
        connection.setReadTimeout(60_000);
        if (token != null) {
            connection.setRequestProperty("Authorization", "Bearer " + token);
        }
        if (body != null) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", kind);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body.getBytes(StandardCharsets.UTF_8));
            }
        }
        int status = connection.getResponseCode();
        // 4xx、5xx 的正文在 getErrorStream。
        InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        if (in != null) {
            byte[] piece = new byte[8192];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                content.write(piece, 0, read);
            }
            in.close();
        }
        return new Answer(status, content.toByteArray(), connection.getHeaderFieldLong("Retry-After", -1));
    }

    private static String encoded(String text) throws IOException {
        return URLEncoder.encode(text, "UTF-8");
    }
}
