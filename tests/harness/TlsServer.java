import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Wants a client certificate of each caller, and reads until it has gone. Arguments: port, key store. */
public class TlsServer {
    public static void main(String[] arguments) throws Exception {
        char[] password = "changeit".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new FileInputStream(arguments[1]), password);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        ServerSocket listener = new ServerSocket(Integer.parseInt(arguments[0]), 5, InetAddress.getLoopbackAddress());
        while (true) {
            try (Socket connection = listener.accept()) {
                serve(context, connection);
                // Closed with bytes unread, the system would take back the alert.
                connection.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException error) {
                System.out.println(error);
            }
        }
    }

    private static void serve(SSLContext context, Socket connection) throws IOException {
        SSLSocket caller = (SSLSocket) context.getSocketFactory().createSocket(connection, null, false);
        caller.setNeedClientAuth(true);
        try {
            caller.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException error) {
            System.out.println(error);
        }
    }
}
